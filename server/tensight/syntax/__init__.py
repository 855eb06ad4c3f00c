"""Source text: parsing that never fails, spans, comments. The only place that knows columns."""

from .columns import from_utf8 as from_utf8
from .columns import from_utf16 as from_utf16
from .columns import to_utf8 as to_utf8
from .columns import to_utf16 as to_utf16
from .comments import Comments as Comments
from .comments import Ignore as Ignore
from .comments import StatedInput as StatedInput
from .comments import read_comments as read_comments
from .decode import UndecodableSource as UndecodableSource
from .decode import decode as decode
from .decode import split_lines as split_lines
from .parse import Parsed as Parsed
from .parse import SyntaxProblem as SyntaxProblem
from .parse import parse as parse
from .span import Span as Span
from .spans import first_line as first_line
from .spans import node_span as node_span
from .standins import BROKEN as BROKEN
