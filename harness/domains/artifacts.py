"""Files as artifacts of a run: the paths that they are logged under, alone and several in turn, and what is in them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.naming import metric_names

_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_USUAL = st.sampled_from(["Azure.png", "model.pkl", "metrics.json", "data.csv", "LICENSE", "log.txt"])
_USUAL_NESTED = st.sampled_from(
    ["outputs/model.pkl", "model/MLmodel", "plots/roc.png", "logs/azureml/job.log", "data/train/part-0.csv"]
)
_HIDDEN = st.sampled_from([".hidden", ".azureml/config.json", ".a/.b"])
_READ_OTHERWISE = st.sampled_from(
    [
        *("a%20b", "a%20b/c", "d/a%20b", "100%", "%41", "%2Fa", "%2e%2e/a", "%23", "a%2520b", "a%"),
        *("a?b", "a?", "?", "a#b", "#", "a#", "a?b#c", "d?e/a", "d#e/a", "d/a?b"),
        *("a;b", "a;", "d;e/a;b", "a:b", "A:b", "HTTP:a", "http:/a", "file:a", "file:/a/b", "d/file:a"),
    ]
)
"""Paths that are others when they are taken for addresses, or for parts of one."""
_MARKED = st.sampled_from(
    [
        *("it's", "it's/a", "d/it's", "'a'/b", 'a"b/c', "a`b/c", "a\\b", "a\\b/c", "d\\/c"),
        *("a\\", "a.txt\\", "d/a\\", "d\\a\\", "é\\"),
        *("~", "~/a", "..a", "a..b/..c", "...", "con", "a b/c d", " a"),
        *("損失/plot.png", "e\u0301.txt", "a%/b", "a--b/c", "a AND b/c", "m.n/o", "1/2", "=/a", "[a]/b"),
    ]
)
"""Paths with marks that mean something to a shell, a filter, an operating system or the eye."""
_BACKSLASHES = st.sampled_from(
    [["a\\"], ["b.txt", "a\\.\\"], ["a\\b"], ["a\\b/c", "d"], ["a/b", "a\\b"], ["c", "a\\b", "a/b"]]
)
_LONG_PARTS = st.sampled_from(
    [["x" * 256], ["é" * 128], ["x" * 256 + "/a"], ["é" * 128 + "/a"], ["a", "x" * 256]]
)
_BY_THEMSELVES = st.sampled_from(
    [
        ["(a)/b"],
        ["(1,2)/b", "c"],
        ["it's/a"],
        ["d/'a'/b"],
        ["?a/b"],
        ["d/?a", "c"],
        ["a?b", "a"],
        ["d/a#b", "d/a"],
        ["./a?b"],
        ["./a?b", "a"],
        ["C:%5Ca"],
    ]
)
"""Paths that some client or store treats as no others, and of which each would be too rare among the rest."""
_IN_EACH_OTHERS_WAY = st.sampled_from(
    [
        ["model.pkl", "model/MLmodel"],
        ["model", "model.pkl"],
        ["model.pkl", "model"],
        ["data.csv", "data.csv.gz"],
        ["a/x", "ab/y"],
        ["a/b/x", "a/bc"],
        ["ab", "a/x"],
        ["a/b", "a/bc"],
        ["a", "a/b"],
        ["a", "a/b/c"],
        ["a/b", "a"],
        ["a/b/c", "a/b"],
        ["c", "a", "a/b"],
        ["c/d", "a/b", "a"],
        ["a\\b", "a/b"],
        ["a/b", "a\\b"],
        ["A", "a"],
        ["a%20b", "a b"],
        ["a b", "a%20b"],
        ["a?b", "a"],
        ["d/a#b", "d/a"],
        ["file:a", "a"],
        ["e\u0301", "é"],
    ]
)
"""Files of which one is a folder of the other, begins as it does, or is it when its path is read otherwise."""


def artifact_paths() -> SearchStrategy[str]:
    """Paths under which SDK v1 uploads a file: of a usual name, in folders, and with every odd character.

    Arms of their own, since each is treated in a way of its own by some client or store:

    * names without a suffix, with a dot in front, and in up to four folders;
    * all that a metric can be called (see `metric_names`): paths that lead elsewhere or are spelt otherwise, control
      characters, other scripts, blanks, punctuation; as the path, as a folder and as a file in one;
    * paths that are others when they are taken for addresses: with percent signs, question marks, `#`, `;`, a scheme;
    * quotes and backslashes; parts with more than 255 bytes, as a folder and as the file;
    * paths of more than 4,096 bytes, which Linux refuses wherever they begin, and of more than 5,000 characters. (None
      has between 1,100 and 4,096, where it would depend on the folder of a store.)
    """
    word = st.text(_LETTERS, min_size=1, max_size=5)
    odd = metric_names(empty=True)
    return st.one_of(
        _USUAL,
        _USUAL_NESTED,
        st.builds("{}.{}".format, word, st.sampled_from(["txt", "png", "tar.gz"])),
        st.lists(word, min_size=2, max_size=4).map("/".join),
        _HIDDEN,
        _READ_OTHERWISE,
        _MARKED,
        odd,
        odd.map("{}/a.txt".format),
        odd.map("plots/{}".format),
        st.builds(str.__mul__, st.sampled_from(["x", "é"]), st.sampled_from([127, 128, 255, 256])),
        st.sampled_from(["x" * 256, "é" * 128, "x" * 255]).map("{}/a.txt".format),
        # Built of short pieces, which costs a draw no more than those.
        st.sampled_from([45, 49, 50]).map(lambda count: "/".join(["d" * 100] * count)),
    )


def files_in_turn() -> SearchStrategy[list[str]]:
    """The paths of one to four files that are uploaded one after the other.

    Most are usual or a few plain words, which soon share a folder. Arms of their own: none of them in a folder; one
    with any path of `artifact_paths`, alone, before and behind a plain one; files that are in each other's way, among
    them one that is the folder of another; the same path again, also spelt otherwise; what is rare among all these.
    """
    word = st.sampled_from(["a", "b", "model", "plots"])
    nested = st.builds("{}/{}.txt".format, word, word) | st.builds("{}/{}/{}".format, word, word, _USUAL)
    odd = artifact_paths()
    return st.one_of(
        st.lists(_USUAL, min_size=1, max_size=3, unique=True),
        st.lists(_USUAL | nested, min_size=1, max_size=4, unique=True),
        st.lists(_USUAL | _USUAL_NESTED, min_size=1, max_size=3, unique=True),
        _IN_EACH_OTHERS_WAY,
        _BACKSLASHES,
        _LONG_PARTS,
        _BY_THEMSELVES,
        st.tuples(odd).map(list),
        st.builds(lambda path: [path, "Azure.png"], odd),
        st.builds(lambda path: ["plots/roc.png", path], odd),
        st.sampled_from([["a.txt", "a.txt"], ["d/a.txt", "d//a.txt"], ["./a.txt", "b.txt", "a.txt"]]),
    )


def file_contents() -> SearchStrategy[bytes]:
    """What is in a file: usual text, nothing at all, line ends of every sort, bytes that are no text, and many."""
    return st.one_of(
        st.sampled_from([b"text", b"1,2\n3,4\n", b'{"a": 1}']),
        st.binary(max_size=20),
        st.sampled_from([b"", b"\x00", b"a\r\nb\r", b"\n", b"\xef\xbb\xbfa", b"\xff\xfea\x00", b"\x1a"]),
        st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"PK\x05\x06" + bytes(18)]),
        # Built of a few, which costs a draw no more than those.
        st.sampled_from([bytes(range(256)), bytes(range(256)) * 300]),
    )


def artifact_files() -> SearchStrategy[dict[str, bytes]]:
    """One to four files by their paths, as `files_in_turn` has them, but each path once.

    None of the paths has more than 4,095 bytes: before MLflow 3.15 a store on Linux keeps some of their folders, of
    which nothing can be downloaded.
    """
    on_disk = files_in_turn().filter(lambda paths: all(len(path.encode()) <= 4095 for path in paths))
    return st.builds(
        lambda paths, contents: dict(zip(paths, contents, strict=False)),
        on_disk,
        st.lists(file_contents(), min_size=4, max_size=4),
    )
