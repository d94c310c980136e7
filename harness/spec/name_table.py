"""The table of names that snippets see, one line each, and the scopes in which they see them.

A name is added here and nowhere else. `source` is `module:attribute` (or a module) for what can be imported;
names without a source are given by the runner, anew for each example.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STRATEGY = "strategy"
VALUE = "value"
USUAL = "usual"
REFUSAL = "refusal"
DIVERGENCE = "divergence"
V1 = "v1"
MLFLOW = "mlflow"
CLAIM = "claim"
CALL = "call"

SCOPES: dict[str, str] = {
    STRATEGY: "`inputs` and `region`: Hypothesis strategies",
    VALUE: "`!py` values of examples and witnesses",
    USUAL: "`usual`",
    REFUSAL: "`when` of what SDK v1 refuses",
    DIVERGENCE: "`when`, `becomes` and `leaves` of a divergence",
    V1: "`log` and `read` of `v1`",
    MLFLOW: "`log` and `read` of a recipe, `read` of `reads_across`",
    CLAIM: "`check` of a claim",
    CALL: "`when`, `gather` and `inputs` of a call: Python over a call that a script has made",
}
"""The scopes, and which keys of an entry they belong to."""

SCOPES_WITH_INPUTS = frozenset({USUAL, REFUSAL, DIVERGENCE, V1, MLFLOW, CLAIM})
"""Where the inputs of the entry are names too."""

SCOPES_WITH_CLOCK = frozenset({V1, MLFLOW, CLAIM})
"""Where `time` is the logical clock of the example, and importing the real one is refused."""

CLOCK_MODULES = ("time", "datetime")
"""What snippets of those scopes may not import."""


@dataclass(frozen=True)
class Name:
    """A name that snippets see.

    Attributes:
        name: The name.
        says: What it is, in one line.
        scopes: Where it is seen, see `SCOPES`.
        source: `module:attribute` or `module`; None for what the runner gives.
    """

    name: str
    says: str
    scopes: frozenset[str]
    source: str | None


def _rows(scopes: Iterable[str], module: str | None, rows: dict[str, str]) -> list[Name]:
    scopes = frozenset(scopes)
    return [Name(name, says, scopes, module and f"{module}:{name}") for name, says in rows.items()]


_EVERYWHERE = frozenset(SCOPES)
_PURE = SCOPES_WITH_INPUTS | {CALL}
_V1 = frozenset({V1, CLAIM})
_MLFLOW = frozenset({MLFLOW, CLAIM})

_STRATEGIES = {
    "metric_names": "names that SDK v1 logs a metric under: plain ones, and with every odd character; for tags too",
    "experiment_names": "names that SDK v1 takes for an experiment, and a few that it refuses",
    "numbers": "every int and float that SDK v1 logs as a number, NaN and infinities among them",
    "usual_numbers": "numbers as most people log them: counts, and measures with few digits or all of them",
    "integers_of_any_size": "integers of both signs, about the ends of 32, 53, 63 and 64 bits, and beyond",
    "numpy_numbers": "NumPy's numbers of these types (all if none are named), the ends of each among them",
    "steps": "steps of a metric: none at all, small ones that soon repeat, large and negative ones",
    "texts": "texts: empty, plain, long, and with characters that are easily lost",
    "scalars": "items of a list and cells of a row: numbers, truth values, texts and None",
    "mostly": "values of the first strategy, and of the second about one time in ten",
    "metric_lists": "lists of these elements (numbers if none are given) as `log_list` takes them",
    "tables": "tables as `log_table` takes them: columns by name, and what of it SDK v1 refuses",
    "tables_in_turn": "one such table, or two that are logged under one name, one after the other",
    "rows_in_turn": "rows as `log_row` takes them, which are logged under one name, one after the other",
    "run_tags": "tags of a run as `set_tags` takes them, by name, and what of it SDK v1 refuses",
    "tags_in_turn": "such tags that are set by one call, by none or by two, one after the other",
    "artifact_paths": "paths that SDK v1 uploads a file under: plain, in folders, and with every odd character",
    "files_in_turn": "paths of one to four files that are uploaded one after the other",
    "file_contents": "what is in a file: bytes of every sort",
    "artifact_files": "one to four files: what is in them by their paths",
    "accuracy_tables": "payloads of `log_accuracy_table`: well-formed, others that SDK v1 takes too, and their texts",
    "confusion_matrices": "payloads of `log_confusion_matrix`, likewise",
    "predictions": "payloads of `log_predictions`, likewise",
    "residuals": "payloads of `log_residuals`, likewise",
    "images": "descriptions of files of images as `log_image` takes them, and of others that it refuses",
    "images_in_turn": "one such file, or two that are logged under one name, one after the other",
    "figures": "descriptions of figures of matplotlib, small ones",
    "figures_in_turn": "one such figure, or two of pyplot's: which is closed, and which the current one",
    "LARGEST_THAT_IS_WRITTEN": "the largest integer that SDK v1 sends, for `numbers(largest=...)`",
    "LARGEST_IN_A_LIST": "the largest integer that SDK v1 takes in a list; for `numbers(largest=...)`",
    "NUMPY_NUMBERS": "the types that `numpy_numbers` knows",
    "NUMPY_NUMBERS_MADE_PLAIN": "those of them that SDK v1 logs as plain numbers; for `numpy_numbers(*...)`",
}

_EXPRESSIONS = {
    "as_list": "what was read as its items: None is none, a list is its items, anything else is one item",
    "distinct": "the first of each group of equal items, in their order",
    "has_equal": "whether two of the items are equal",
    "is_number": "whether this is an int or float, NumPy's included; a truth value is none",
    "is_usual_number": "whether this is a number as most people log them: finite, a double, not extreme",
    "is_text": "whether this is a text",
    "is_nan": "whether this is NaN",
    "is_infinite": "whether this is positive or negative infinity",
    "is_negative_zero": "whether this is -0.0",
    "as_double": "the nearest 64-bit float",
    "fits_double": "whether this is a number within the range of a 64-bit float",
    "overflows_double": "whether this is an integer too large for a 64-bit float, of which Python makes none",
    "is_exact_double": "whether this is a number that some 64-bit float is equal to",
    "fits_int64": "whether this is an integer that 64 bits can hold",
    "is_plain_name": "whether this text is a name as most people give: short, of ASCII letters, digits, `_-./ `",
    "is_mlflow_name": "whether MLflow takes this text as the name of a metric, parameter or tag, its length apart",
    "utf16_length": "how many units of UTF-16 this text has; characters such as emoji have two",
    "is_json": "whether this text is JSON, as Python reads it",
    "is_json_value": "whether Python's `json` writes this value",
    "number_in_text": "the number that a text reads as, or None",
    "made_integer": "the integer that Python's `int` makes of this, or None",
    "sql_value": "what a SQL store has in its column of values: 0.0 for NaN, else the number",
    "by_value": "the numbers as a SQL store orders those of one millisecond and step: by value, NaN behind 0",
    "before_first": "the items before the first for which a test holds",
    "before_no_double": "the values before the first of which MLflow makes no double: None, text, an integer too large",
    "from_numpy_text": "the number that a text like `np.int64(3)` is the repr of, else the value itself",
    "clamp_infinities": "the largest or smallest 64-bit float in place of an infinity, else the value itself",
}

_TABULAR = {
    "rows_of": "the rows of tables, one table after the other: cells by the text of their column",
    "columns_of": "the cells of each column, in the order of the rows",
    "metrics_of": "the rows of tables as metrics, each cell under the name of the table, a dot and that of its column",
    "by_first_dot": "metrics by what their keys have before and behind the first dot",
    "refused_metric": "the first of several batches that MLflow's own stores refuse, and why",
    "refused_on_the_way": "the first of several batches that do not get to the service, and why",
    "unwritable_metric": "the first metric that has no place in a folder of files: its batch, its place there, why",
    "repeated_nan": "the first of several batches with a NaN for a metric that has had one before",
}

_TAGGING = {
    "tags_of": "the tags that are there once batches are set in turn, without those that MLflow has for itself",
    "refused_tags": "the first of several batches of tags that the service refuses from MLflow, and why",
}

_PATHS = {
    "artifact_path": "the path under which MLflow logs a file that is to have this one",
    "is_artifact_path": "whether MLflow's own stores take a file of this path, its length apart",
    "longest_part": "the bytes of the longest name in a path; on Linux a file's name has at most 255",
    "service_path": "the path under which the service keeps what is sent with this one; None where it refuses",
    "plugin_path": "the path under which the service keeps what MLflow logs as this one; None where it refuses",
    "top_level": "what the topmost folder has of files with these paths: files and folders, sorted",
    "folders_on_top": "the topmost folder of each of these paths that is in one",
    "is_filter_text": "whether MLflow's search takes this text between single quotes",
    "stored_files": "how many of these files MLflow's own stores take until one that they do not, and why",
    "uploaded_files": "how many of these files get from MLflow to the service until one that does not, and why",
    "path_in_location": "the path of the artifact to which a metric of SDK v1 leads",
}

_DOWNLOADS = {
    "found_in_store": "which of several files a store of MLflow's own gives for a path, and why it may be none",
    "found_in_service": "which of several files the plugin of Azure ML gives for a path, and why it may be none",
}

_SERVED = {
    "served_path": "the path under which a tracking server keeps a file of this one; None where it refuses",
    "served_files": "how many of these files a tracking server takes until one that it does not, and why",
    "downloaded_from_server": "which files come when all of a run are downloaded from a tracking server, and why none",
    "listed_by_server": "what the client lists of the files of a tracking server; None where it refuses a name",
}

_BRACKETS = {"is_taken_in_brackets": "whether a driver takes what MLflow reads in a folder's name"}
_COLLATION = {
    "is_same_in_mysql": "whether two names are one in MySQL's collation utf8mb4_general_ci",
    "clash_in_mysql": "the first of these batches of names with one that is another there",
}
_FOLDERS = {"files_below": "what is in the files below a folder: their bytes by their paths"}
_PICTURES = {
    "begins_as_an_image": "whether the file of this description begins as an image, by which SDK v1 takes it for one",
    "content_of": "the bytes of the file of this description",
    "current_figure": "which of the figures of these descriptions is pyplot's current one in the end; None for none",
    "picture_of": "the figure of this description as a PNG, drawn without pyplot",
}

_BUILT = {
    "write_image": "writes the file of this description; gives its path, or what a client is given in its place",
    "from_here": "the path with the working folder as the root, since that is another one each time",
    "draw_figures": "draws the figures of these descriptions with pyplot, one after the other, and gives them",
}

TABLE: tuple[Name, ...] = (
    Name("math", "Python's module `math`", _EVERYWHERE, "math"),
    Name("json", "Python's module `json`", _EVERYWHERE, "json"),
    Name("re", "Python's module `re`", _EVERYWHERE, "re"),
    Name("np", "NumPy", _EVERYWHERE, "numpy"),
    Name("st", "Hypothesis's strategies", frozenset({STRATEGY}), "hypothesis.strategies"),
    *_rows({STRATEGY}, "harness.domains", _STRATEGIES),
    *_rows(_PURE | {STRATEGY}, "harness.expressions", _EXPRESSIONS),
    *_rows(_PURE | {STRATEGY}, "harness.tabular", _TABULAR),
    *_rows(_PURE | {STRATEGY}, "harness.tagging", _TAGGING),
    *_rows(_PURE | {STRATEGY}, "harness.files", _PATHS),
    *_rows(_PURE | {STRATEGY}, "harness.downloads", _DOWNLOADS),
    *_rows(_PURE | {STRATEGY}, "harness.served", _SERVED),
    *_rows(_PURE | {STRATEGY}, "harness.brackets", _BRACKETS),
    *_rows(_PURE | {STRATEGY}, "harness.collation", _COLLATION),
    *_rows(_PURE | {STRATEGY}, "harness.pictures", _PICTURES),
    *_rows({V1, MLFLOW, CLAIM}, "harness.pictures", _BUILT),
    *_rows({V1, MLFLOW, CLAIM}, "harness.files", _FOLDERS),
    *_rows({CLAIM}, "harness.expressions", {"raises": "whether calling this raises that type of exception"}),
    *_rows(
        {DIVERGENCE},
        "harness.compare",
        {
            "any_order": "these items, in an order that the store leaves open",
            "one_of": "one of these values, where the store leaves open which",
            "nothing": "nothing can be read back",
            "unreadable": "for `leaves`: something is there, but reading it raises this",
        },
    ),
    *_rows(
        {DIVERGENCE},
        None,
        {
            "v1": "what SDK v1 gave back; it never changes",
            "expected": "what MLflow is expected to give, as changed by the divergences before this one",
        },
    ),
    *_rows({DIVERGENCE, REFUSAL}, None, {"clock": "the example's clock: `ticking` or `stopped`"}),
    *_rows(
        {CALL},
        None,
        {
            "file": "the bytes of the file that the call was given, as they were then; None where it was given none",
            "picture": "the figure that the call was given, drawn as PNG at that time; None where it was given none",
            "calls": "all calls of the case in their order, each with its parameters and these names: `call.value`",
            "before": "the calls to the same run that were made before this one, each also with its `call`: `Run.log`",
        },
    ),
    *_rows(
        {V1, MLFLOW},
        None,
        {"started": "the ids of the runs that `log` started, first to last; where the entry `starts_runs`"},
    ),
    *_rows(
        _V1 | {CALL},
        None,
        {
            "run": "the run of SDK v1, started anew for the example; of a call the id of its run",
            "experiment": "its experiment, of SDK v1; of a call the name of its experiment",
        },
    ),
    *_rows(_V1, None, {"workspace": "its workspace, of SDK v1"}),
    *_rows(_V1, "azureml.core", {"Experiment": "SDK v1's class", "Run": "SDK v1's class"}),
    *_rows(
        _V1,
        "azureml.exceptions",
        {
            "AzureMLException": "SDK v1's exception, parent of its others",
            "UserErrorException": "SDK v1's exception for what the caller did wrong",
        },
    ),
    *_rows(
        _MLFLOW,
        None,
        {
            "client": "an `MlflowClient` for the store under test",
            "run_id": "the id of the MLflow run, started anew for the example; in `reads_across` of SDK v1's run",
            "experiment_id": "the id of its experiment",
            "mlflow_run": "the MLflow run, as `mlflow.start_run` gives it",
            "tracking_uri": "the tracking URI of the store under test; MLflow has it set already",
        },
    ),
    *_rows(
        _MLFLOW,
        "harness.testbed",
        {"remotely": "`with remotely():` MLflow as outside of Azure ML, with no tracking URI and no run"},
    ),
    *_rows(
        _V1 | _MLFLOW,
        None,
        {"on_compute": "`with on_compute(run):` as the job of a run (or its id) on compute of the workspace"},
    ),
    *_rows(
        _V1 | _MLFLOW,
        None,
        {"time": "Python's `time` on the example's logical clock; the real one cannot be imported"},
    ),
    Name("uuid", "Python's module `uuid`", frozenset({V1, MLFLOW, CLAIM}), "uuid"),
    Name("mlflow", "MLflow; its fluent functions log to the run of the example", _MLFLOW, "mlflow"),
    *_rows(_MLFLOW, "mlflow", {"MlflowClient": "MLflow's class"}),
    *_rows(
        _MLFLOW,
        "mlflow.entities",
        {
            "Metric": "MLflow's class: key, value, timestamp in milliseconds, step",
            "Param": "MLflow's class: key, value",
            "RunTag": "MLflow's class: key, value",
        },
    ),
    *_rows(
        _MLFLOW,
        "mlflow.exceptions",
        {
            "MlflowException": "MLflow's exception, parent of its others",
            "RestException": "MLflow's exception for what a server refused",
        },
    ),
)
