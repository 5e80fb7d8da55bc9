"""What clients see: types, inputs, fields and the verbs they share."""
