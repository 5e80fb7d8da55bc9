"""Operations like a database's prepared statements: parsed, validated and priced once, run many times."""
