"""Every limit of the server on one page: how much a client may ask for at once."""

from types import MappingProxyType

from resolvers.gate import Budget

# --- The request as bytes ---

BODY_BYTES = 1024 * 1024
"""Bytes of a request's body. A document and its variables are text typed by people: a megabyte is a book of it."""

DRAIN_BYTES = 16 * 1024 * 1024
"""Bytes read and thrown away of a body that is too large: a client that is still sending would not see the refusal."""

BODY_SECONDS = 10.0
"""Seconds in which the whole body must arrive: a client that sends a byte a minute would hold a connection for ever."""

URL_BYTES = 16 * 1024
"""Bytes of the query string of a GET: beyond it proxies refuse the URL anyway, and POST has room."""

# --- The JSON of the body ---

JSON_DEPTH = 64
"""Levels of arrays and objects in the body. MongoDB stores 100 levels; input objects of the schema have about five."""

JSON_VALUES = 20_000
"""Values in the body, of any kind: each costs a step of validation in Python."""

LIST_ARGUMENT_ITEMS = 1_000
"""Items of one list in the variables: a list without a cap once took a process to 1.6 GB."""

# --- The document ---

QUERY_BYTES = 64 * 1024
"""Bytes of a document in UTF-8. The largest that real clients send is the introspection query of 2 KiB."""

TOKENS = 1_000
"""Lexical tokens of a document: the parser's work and memory, and the size of all that follows, grow with it."""

DEPTH = 15
"""Levels of fields within fields, through fragments. GraphiQL's introspection query has exactly 15."""

ALIASES = 30
"""Aliased fields of an operation, through fragments: an alias is a way to ask for the same thing many times."""

ROOT_FIELDS = 20
"""Fields at the root of an operation, through fragments: each root field is at least one question to the database."""

DIRECTIVES = 50
"""Directives of an operation, through fragments: each is evaluated for each field it stands on."""

COST = 5_000
"""Price of an operation with its actual variables: a field costs one, a list its fields times its page (100 rows of
50 fields, or three nested lists of 15). The setting COST_LIMIT changes it."""

PAGE = 20
"""Rows that a list is priced at where the operation names no number: what the resolvers give by default."""

ROWS_HELD = 20
"""Rows that a list without any size is priced at: what a row usually holds, as a team its advisors."""

# --- Connections that stay open ---

SOCKET_MESSAGE_BYTES = 64 * 1024
"""Bytes of one message over a WebSocket: an operation with its variables; what is larger goes by POST."""

OPERATIONS_OPEN = 100
"""Operations under way over one WebSocket: a screen shows a handful of lists."""

CONNECTIONS_PER_ACCOUNT = 50
"""Open sockets and streams of one account in one process: ten devices with five tabs each."""

CONNECTIONS_PER_ADDRESS = 100
"""The same of one client address for those without an account, and for those who have not said who they are yet."""

SUBSCRIPTIONS_PER_OWNER = 200
"""Subscriptions under way of one account, or of one client address without any, in one process."""

INIT_SECONDS = 10.0
"""Seconds in which a socket's client must say who it is; phones take a while to wake their radio."""

SEND_SECONDS = 20.0
"""Seconds for which a message may wait for a client that does not read; then its connection is cut."""

PING_SECONDS = 25.0
"""Seconds between two pings over a socket: balancers and phone networks forget a connection that is silent for 30."""

PONG_SECONDS = 20.0
"""Seconds in which a client must have said anything after a ping."""

EVENTS_BEAT_SECONDS = 15.0
"""Seconds of silence after which a stream of events gets a comment: proxies give up after 30 or 60."""

MULTIPART_BEAT_SECONDS = 5.0
"""The same for a multipart stream; Apollo's clients know this pace from its router."""

RESUME_CHARACTERS = 4096
"""Characters of the `Last-Event-ID` with which a stream is resumed; cursors have up to a few hundred."""

STANDING_RETRY_SECONDS = 1.0
"""Seconds after which a caller whose standing could not be asked for is asked for again."""

# --- What may be tried ---

BUDGETS = MappingProxyType(
    {
        Budget.PORTAL_OF_ADDRESS: "20/minute;200/hour",
        # Who knows how a code begins could shut its owner out, so this one is wider than an office's address.
        Budget.PORTAL_OF_PREFIX: "30/minute;300/hour",
        Budget.PASSWORD_OF_ADDRESS: "20/minute;200/hour",
        Budget.SECRET_OF_ADDRESS: "20/minute;200/hour",
        Budget.MAIL_OF_ADDRESS: "20/hour",
        Budget.MAIL_OF_ADDRESSEE: "5/hour",
        Budget.VIEWS_OF_ADDRESS: "120/minute",
        # Each is a mail to the agent, or an answer that a language model gives.
        Budget.OFFERS_OF_BUYER: "30/hour",
        Budget.QUESTIONS_OF_CHAT: "20/minute;200/hour",
    }
)
"""How often in one process; a person mistypes a few times, and a code of 100 bits is not guessed at any pace."""

# --- What is kept ---

PREPARED_BYTES = 2 * 1024 * 1024
"""Bytes of document text whose prepared operations are kept: thousands of operations. Syntax trees and compiled
functions take about a hundred times as much memory as a text without superfluous space."""

KEPT_BYTES = 512
"""Bytes that each kept document counts beyond its text: the smallest one takes 3 KB, and millions would fit else."""

COMPILED_AT_SIGHT = 20
"""Operations that are compiled in one second when they are first seen: three milliseconds each at most, so that a
stream of new documents costs a twentieth more than without; the others wait until they are seen again."""

VARIANTS = 8
"""Ways in which one operation is compiled, by the values of the variables in its directives; others are not."""

REFUSED_BYTES = 256 * 1024
"""Bytes of document text whose refusal is kept, apart from the good ones, so that bad documents evict no good one."""

# --- What is logged ---

UNTRUSTED_NOTED = 1_000
"""Untrusted documents that are logged in one period: whoever invents documents must not fill the log."""

UNTRUSTED_SECONDS = 3600
"""Seconds of that period."""

# --- What is answered ---

ERRORS_SHOWN = 100
"""Errors in one answer, validation's included."""

ERRORS_BYTES = 10 * 1024
"""Bytes of errors in one answer: a bad document must not be a way to make the server send a lot."""

MESSAGE_CHARACTERS = 500
"""Characters of one error's message: messages repeat values that the client sent."""

RETRY_AFTER_SECONDS = 2
"""Seconds after which a client may ask again while the database is away: an election takes about that long."""

READY_SECONDS = 3.0
"""Seconds in which the readiness check must answer: a probe that hangs tells a balancer nothing."""
