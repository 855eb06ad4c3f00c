"""Editor features as pure functions of an Analysis and its source text. Knows no protocol."""
