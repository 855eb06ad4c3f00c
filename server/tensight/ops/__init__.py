"""Op rules by family. Importing this package fills the registry."""
