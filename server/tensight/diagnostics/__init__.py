"""Codes and messages. Knows spans and nothing else."""

from .codes import CODES as CODES
from .codes import Code as Code
from .diagnostic import Diagnostic as Diagnostic
from .diagnostic import Fix as Fix
from .diagnostic import Related as Related
from .diagnostic import Severity as Severity
from .diagnostic import TextEdit as TextEdit
