"""Every bound of the analysis, named, with its reason. Whoever hits one says so in the origin of the Unknown."""

from typing import Final

#: Statements one root may execute; a model file needs a few thousand, an endless loop must end.
MAX_STEPS: Final = 400_000
#: Statements of a function that nobody calls, with invented arguments: nothing it does is certain.
MAX_INVENTED_STEPS: Final = 8_000
#: Nested abstract calls; deeper recursion in model code is always endless recursion.
MAX_CALL_DEPTH: Final = 120
#: Activations of one function on the stack; recursive modules (U-Net blocks) nest about 10 deep.
MAX_RECURSION: Final = 24
#: Activations of a function that calls itself with arguments of which nothing is known: every test in it forks.
MAX_BLIND_RECURSION: Final = 2
#: Iterations of a loop over a known sequence; more than any list of layers.
MAX_UNROLL: Final = 2_048
#: Passes over a loop body whose state does not repeat (`for epoch in range(100)` that calls a module).
MAX_LOOP_PASSES: Final = 3
#: Statements in one run of a loop over numbers; beyond it the loop is taken for one of any length. Attention biases of
#: a 7 × 7 window take 10,000, those of 14 × 14 (LeViT) would take 150,000.
MAX_LOOP_STEPS: Final = 16_000
#: Nested undecided branches whose arms are followed at any price: each level may double what there is to do.
MAX_FORKS: Final = 6
#: Statements inside the last of them, for one outermost branch; beyond it what deeper arms write is not known.
MAX_DEEP_STEPS: Final = 500
#: Items of a container that are kept apart when it is built by `[x] * n`, `range`, `list`.
MAX_ITEMS: Final = 65_536
#: Tuples inside tuples; a tuple is hashed by Python itself, which cannot be interrupted.
MAX_TUPLE_NESTING: Final = 16
#: Containers around one that is shown.
MAX_SHOWN_NESTING: Final = 8
#: Values that a small tensor may carry; linspace over the depth of a network needs about 100.
MAX_TENSOR_DATA: Final = 4_096
#: Rounds of demand per root: a fact settles a symbol per round, real models need 3 to 5.
MAX_ROUNDS: Final = 12
#: Models that are kept between two versions of a file: each takes about a megabyte.
MAX_KEPT_BUILDS: Final = 24
#: Calls whose outcome is kept between two versions of a file: each takes a few kilobytes.
MAX_KEPT_CALLS: Final = 4_000
#: Factories in a row that showed no new place: the next variants of the model will not either.
MAX_IDLE_FACTORIES: Final = 3
#: Views of views that are walked back to the tensor whose elements they show.
MAX_VIEW_CHAIN: Final = 8
#: Inputs with a default that are tried one by one where a call without any of them certainly raises.
MAX_OPTIONAL_INPUTS: Final = 16
#: Statements spent on further variants of models (`resnet101` after `resnet50`): they only add contexts.
MAX_VARIANT_STEPS: Final = 200_000
#: Statements spent on trying the ranks of one input.
MAX_TRIAL_STEPS: Final = 24_000
#: Characters of a docstring on one parameter in which its axes are sought; they stand in the first line or two.
MAX_SAID: Final = 400
#: Distinct shapes listed per expression.
MAX_CONTEXTS: Final = 48
#: Calls of `__next__` of an iterator of the program's before it is taken for one of any length.
MAX_NEXT: Final = 64
#: Values a generator may yield before it is cut.
MAX_YIELDS: Final = 2_048
#: Seconds for one root that nobody wrote; most take a tenth. A constructor of unknown arguments can fork without end.
MAX_ROOT_SECONDS: Final = 1.0
#: Seconds for one whose arguments somebody wrote, such as the forward of what a factory gives.
MAX_WRITTEN_SECONDS: Final = 2.0
#: Seconds for all roots that nobody wrote; a file of 500 lines takes a tenth of a second.
MAX_EXPLORE_SECONDS: Final = 4.0
#: Characters of a source file: more is generated code, and parsing it would block the server.
MAX_SOURCE: Final = 2_000_000
#: Characters of a file that is edited: parsing holds up every request, a third of a second for these.
MAX_EDITED: Final = 400_000
#: Seconds for the analysis of one entry file and what it imports.
MAX_SECONDS: Final = 8.0
#: How much longer than its own work an analysis may take by the clock: a busy machine makes it wait.
MAX_WAITING: Final = 1.5
#: Scripts of the workspace that are run to see how they use the file that is looked at.
MAX_CALLERS: Final = 2
#: Imports between such a script and the file: train.py → model.py → layers.py are two.
MAX_CALLER_STEPS: Final = 3
#: Seconds for all of these scripts: they must not hold up an edit.
MAX_CALLER_SECONDS: Final = 1.0
#: Python files of the workspace whose imports are read to find them.
MAX_WORKSPACE_FILES: Final = 1_000
#: Bits of an integer computed for the user (`10 ** 10 ** 10` must not be).
MAX_INT_BITS: Final = 4_096
#: Different symbols in one number that the program computes; more is a sum over data.
MAX_SYMBOLS: Final = 16
#: Characters of a string computed for the user.
MAX_TEXT: Final = 100_000
#: Lines that the mark of a diagnostic covers; of a longer expression it is what is called.
MAX_MARKED_LINES: Final = 8
#: Characters of one inlay hint; VS Code cuts a line at 43.
MAX_HINT: Final = 30
#: Characters of source whose trees are kept in memory; a tree takes about 80 bytes a character.
MAX_PARSED_CHARS: Final = 500_000
#: Bytes of a data file (YAML, JSON, TOML) that the program reads; configurations are small.
MAX_DATA_FILE: Final = 1_000_000
#: Characters of YAML that the program reads; the reader takes a second for as many.
MAX_YAML: Final = 250_000
#: Seconds that one run of the command line spends on trying fixes: they must not hold up the report.
MAX_FIX_SECONDS: Final = 5.0
#: Seconds for one question to the worker; a warm meta operation takes at most a millisecond.
WORKER_SECONDS: Final = 2.0
#: Seconds that the command line waits for the worker to start; `import torch` takes one to three.
WORKER_START_SECONDS: Final = 10.0
#: Seconds after which a worker that is still starting in the background is given up.
WORKER_LOAD_SECONDS: Final = 90.0
#: Workers started for one environment: each death costs one, and what kills several will kill the next.
MAX_WORKERS: Final = 6
#: Characters of one line to the worker: more would fill the pipe and block.
MAX_QUESTION: Final = 32_000
#: Characters of one line from the worker.
MAX_ANSWER: Final = 2_000_000
#: Bytes of the file of answers; one takes about 200.
MAX_ANSWERS_FILE: Final = 8_000_000
#: Different symbols in one question; each needs primes of its own.
MAX_PROBED_SYMBOLS: Final = 8
