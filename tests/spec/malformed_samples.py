"""Entries with mistakes that people make, each with the places at which they are to be told."""

from __future__ import annotations

from spec_samples import SHORT, spoiled

# A `<<code>>` stands directly before the place where that problem is expected.
CASES = {
    "a list": "<<not-a-mapping>>- harness: 1\n",
    "a word": "<<not-a-mapping>>harness\n",
    "two documents": SHORT + "<<several-documents>>---\n" + SHORT,
    "another format": spoiled(
        ("harness: 1", "harness: <<format-version>>2"), ("title: Log a number", "tilte: x")
    ),
    "no format": SHORT.replace("harness: 1\nid", "<<missing-key>>id"),
    "the format as text": spoiled(("harness: 1", 'harness: <<format-version>>"1"')),
    "the format as a truth value": spoiled(("harness: 1", "harness: <<format-version>>true")),
    "unclosed quote": spoiled(("title: Log a number", 'title: <<yaml-syntax>>"Log a number')),
    "unclosed bracket": spoiled(("value: 2.5}", "value: 2.5")).replace("v1:\n", "v1<<yaml-syntax>>:\n"),
    "colon in plain text": spoiled(
        (
            "check: client.get_run(run_id).data.metrics[name] == value",
            "check: (lambda<<yaml-syntax>>: value)()",
        )
    ),
    "tab for indentation": spoiled(("  name: metric_names()", "<<yaml-syntax>>\tname: metric_names()")),
    "control character": spoiled(("Only the last", "Only <<yaml-syntax>>\x07the last")),
    "unknown alias": spoiled(("compare: numbers", "compare: <<unknown-alias>>*numbers")),
    "alias inside what it names": spoiled(
        ("{name: loss, value: 2.5}", "{name: loss, value: &a [1, <<recursive-alias>>*a]}")
    ),
    "unknown tags": spoiled(
        ("title: Log", "title: <<unknown-tag>>!!str Log"),
        ("value: 2.5", "value: <<unknown-tag>>!set [1]"),
        ("value: 1}", "value: <<unknown-tag>>!py [1]}"),
        ("compare: ", "compare: <<unknown-tag>>!!python/object:os.system "),
    ),
    "a key twice": spoiled(
        ("compare: numbers", "compare: numbers\n<<duplicate-key>>compare: json"),
        ("    says: Only", "    <<duplicate-key>>id: x\n    says: Only"),
        ("value: 2.5", "value: 2.5, <<duplicate-key>>value: 3"),
    ),
    "keys that are no texts": spoiled(
        ("compare: numbers", "<<unknown-key>>1: x\n<<bad-key>>[a]: b\n<<unknown-key>>~: y\ncompare: numbers"),
        ("  name: metric_names()", "  name: metric_names()\n  <<bad-key>>2: numbers()"),
        ("mlflow:\n", "mlflow:\n  <<bad-slug>>3: {log: x = 1, read: run_id}\n"),
    ),
    "half a character": spoiled(("Log a number", '<<bad-character>>"a \\ud800"')),
    "unknown keys, and missing ones": spoiled(
        ("title: Log a number", "<<unknown-key>>tilte: Log a number"),
        ("harness: 1", "<<missing-key>>harness: 1"),
        ("  log: run.log(name, value)", "  <<missing-key>><<unknown-key>>lgo: run.log(name, value)"),
        ("    because: MLflow keeps doubles.\n", ""),
        ("  - id: rounded", "  - <<missing-key>>id: rounded"),
    ),
    "the run of an entry that starts its own": spoiled(
        ("title: Log a number", "title: Log a number\nstarts_runs: true"),
        ("  log: run.log(name, value)", "  log: <<unknown-name>>run.log(name, value)"),
        ("  read: run.get_metrics(name)[name]", "  read: started"),
        ("    read: client.get_run(run_id)", "    read: client.get_run(<<unknown-name>>run_id)"),
    ),
    "reasons that are still to be written": spoiled(
        ("because: MLflow keeps doubles.", "because: <<to-do>>TODO"),
        ("title: Log a number", "title: <<to-do>>TODO what is logged"),
    ),
    "reading across with what it does not see": spoiled(
        (
            "compare: numbers",
            "reads_across:\n  read: (<<unknown-name>>mlflow_run, <<unknown-name>>run, run_id)\n"
            "  compare: <<unknown-relation>>number\n  <<unknown-key>>log: run_id\ncompare: numbers",
        ),
    ),
    "reading across with the other client": spoiled(
        (
            "compare: numbers",
            "reads_across:\n  read: |\n    <<wrong-client>>from azureml.core import Run\n"
            "    import azureml.mlflow\n    run_id\ncompare: numbers",
        ),
    ),
    "reading across on another store": spoiled(
        ("title: Log a number", "title: Log a number\nstores: [sql]"),
        ("compare: numbers", "<<wrong-store>>reads_across: {read: run_id}\ncompare: numbers"),
    ),
    "reading across that nobody has": spoiled(
        (
            "mlflow:\n  guide:\n",
            "mlflow:\n  <<reserved-name>>reads-across: {log: x = 1, read: run_id}\n  guide:\n",
        ),
        (
            "    when: not is_exact",
            "    recipes: [guide, <<unknown-recipe>>read-across]\n    when: not is_exact",
        ),
    ),
    "reading across that raises while logging": spoiled(
        ("compare: numbers", "reads_across: {read: run_id}\ncompare: numbers"),
        (
            "    becomes: as_double(value)",
            "    raises: {type: MlflowException, match: x, phase: <<wrong-phase>>log}\n    recipes: [reads-across]\n"
            "    <<wrong-store>>stores: [sql]",
        ),
    ),
    "runs of its own in an entry that starts none": spoiled(
        ("  read: run.get_metrics(name)[name]", "  read: <<unknown-name>>started"),
    ),
    "wrong types": spoiled(
        ("title: Log a number", "title: <<wrong-type>>5"),
        ("usual: is_usual_number(value)", "usual: <<wrong-type>>true"),
        ("guide: true", 'guide: <<wrong-type>>"true"'),
        (
            "    becomes: as_double(value)",
            "    becomes: <<wrong-type>>[value]\n    stores: <<wrong-type>>sqlite",
        ),
        ("    when: not is_exact_double(value)", '    when: <<wrong-type>>!py "True"'),
        ("examples:", "<<no-guide-example>>examples:"),
    ),
    "wrong types of larger parts": spoiled(
        ("mlflow:\n  guide:\n", "mlflow:\n  other: <<wrong-type>>[]\n  guide:\n"),
        ("divergences:\n  - id: rounded", "divergences:\n  - <<wrong-type>>word\n  - id: rounded"),
        ("witness: {name: loss, value: 9007199254740993}", "witness: <<wrong-type>>[loss, 1]"),
        ("compare: numbers", "compare: <<wrong-type>>{}\nunobserved: <<wrong-type>>none"),
    ),
    "inputs as a list": SHORT.replace(
        "inputs:\n  name: metric_names()\n  value: numbers()\n", "inputs: <<wrong-type>>[name, value]\n"
    ),
    "empty values": spoiled(
        ("title: Log a number", "<<empty-value>>title:"),
        ("  log: run.log(name, value)", "  <<empty-value>>log: "),
        ("usual: is_usual_number(value)", 'usual: <<empty-value>>"  "'),
        ("compare: numbers", "compare: numbers\n<<empty-value>>stores: "),
        ("    says: Only", "    given: <<empty-value>>~\n    says: Only"),
    ),
    "texts of several lines": spoiled(
        ("title: Log a number", "title: <<several-lines>>|\n  Log\n  a number"),
        ("because: MLflow keeps doubles.", 'because: <<several-lines>>"MLflow\\nkeeps doubles."'),
    ),
    "too few": spoiled(
        ("\n  - {guide: true, name: loss, value: 1}\n  - {name: loss, value: 2.5}", " <<too-few>>[]"),
        ("examples:", "<<no-guide-example>>examples:"),
        ("    when: not", "    recipes: <<too-few>>[]\n    versions: <<too-few>>{}\n    when: not"),
    ),
    "bad slugs": spoiled(
        ("id: rounded", "id: <<bad-slug>>Rounded Off"),
        ("  - {name: loss, value: 2.5}", "  - {id: <<bad-slug>>a_b, name: loss, value: 2.5}"),
        ("mlflow:\n  guide:", "mlflow:\n  <<bad-slug>>The Guide:"),
    ),
    "id of another file": spoiled(("id: log-number", "id: <<id-mismatch>>log-numbers")),
    "guide and sources": spoiled(("inputs:", "<<conflicting-keys>>sources: [a page]\ninputs:")),
    "neither guide nor sources": SHORT.replace("guide: Log an integer or float metric\n", "").replace(
        "harness: 1", "<<missing-key>>harness: 1"
    ),
    "a guide's example without a guide": SHORT.replace(
        "guide: Log an integer or float metric", "sources: [a page]"
    ).replace("guide: true", "<<no-guide>>guide: true"),
    "names that inputs cannot have": spoiled(
        (
            "usual:",
            "  <<reserved-name>>clock: steps()\n  <<reserved-name>>run: steps()\n"
            "  <<bad-input-name>>class: steps()\n  <<bad-input-name>>a-b: steps()\nusual:",
        ),
        ("value: 1}", "value: 1, clock: stopped, run: 1, class: 1, a-b: 1}"),
        ("value: 2.5}", "value: 2.5, clock: <<wrong-value>>1, run: 1, class: 1, a-b: 1}"),
        ("value: 9007199254740993}", "value: 1, clock: ticking, run: 1, class: 1, a-b: 1}"),
    ),
    "inputs of examples": spoiled(
        ("value: 1}", "<<unknown-input>>valeu: 1}"),
        ("- {guide", "- <<missing-input>>{guide"),
        ("value: 2.5}", "value: 2.5, <<unknown-input>>step: 1}"),
        ("witness: {name: loss,", "witness: <<missing-input>>{<<unknown-input>>guide: true,"),
        ("    says: Only", "    given: <<missing-input>>{name: a}\n    says: Only"),
    ),
    "unobserved and region": spoiled(
        (
            "compare: numbers",
            "unobserved:\n  <<unknown-input>>nmae: never\n  <<unknown-aspect>>value.odrer: never\n"
            "  name.order: <<empty-value>>''\ncompare: numbers",
        ),
        (
            "    because: MLflow",
            "    region: {value: numbers(), <<unknown-input>>steps: steps()}\n    because: MLflow",
        ),
    ),
    "clocks and phases": spoiled(
        ("{name: loss, value: 2.5}", "{clock: <<wrong-value>>stoped, name: loss, value: 2.5}"),
        (
            "    becomes: as_double(value)",
            "    raises: {phase: <<wrong-value>>reed, type: KeyError, match: x}",
        ),
    ),
    "names of closed sets": spoiled(
        ("compare: numbers", "compare: <<unknown-relation>>number\nstores: [<<unknown-store>>sqlit]"),
        (
            "    when: not",
            "    recipes: [guide, <<unknown-recipe>>recommended]\n"
            "    stores: [sql, <<unknown-store>>oracle]\n"
            '    versions: {<<unknown-package>>mlfow: ">=3", mlflow: <<bad-specifier>>3 or so}\n'
            "    when: not",
        ),
        ("    says: Only", '    versions: {python: <<bad-specifier>>""}\n    says: Only'),
    ),
    "the same id twice": spoiled(
        ("value: 1}", "value: 1, id: odd}"),
        ("value: 2.5}", "value: 2.5, id: <<duplicate-id>>odd}"),
        (
            "  read: run.get_metrics(name)[name]\n",
            "  read: run.get_metrics(name)[name]\n  refuses:\n    - id: rounded\n      when: value > 1\n"
            "      raises: {type: KeyError, match: x}\n"
            "      witness: {name: a, value: 2}\n      because: So.\n",
        ),
        ("divergences:\n  - id: rounded", "divergences:\n  - id: <<duplicate-id>>rounded"),
        (
            "  - id: last-value\n",
            "  - {id: last-value, says: So., unverifiable: No.}\n  - id: <<duplicate-id>>last-value\n",
        ),
    ),
    "becomes and raises": spoiled(
        (
            "    becomes: as_double(value)",
            "    becomes: as_double(value)\n"
            "    <<conflicting-keys>>raises: {phase: log, type: KeyError, match: x}",
        )
    ),
    "neither becomes nor raises": spoiled(
        ("    becomes: as_double(value)\n", ""), ("- id: rounded", "- <<missing-key>>id: rounded")
    ),
    "exceptions": spoiled(
        (
            "    becomes: as_double(value)",
            "    raises:\n      phase: read\n      type: <<unknown-exception>>MlflowExeption\n"
            "      match: 'it''s <<bad-regex>>(a'\n    <<misplaced-key>>leaves: value",
        ),
    ),
    "an exception that every exception is": spoiled(
        (
            "    becomes: as_double(value)",
            "    raises: {phase: log, type: <<catch-all>>BaseException, match: x}",
        ),
    ),
    "a message that every message is like": spoiled(
        ("    becomes: as_double(value)", "    raises: {phase: log, type: KeyError, match: <<catch-all>>.*}"),
    ),
    "a name that only log has": spoiled(
        ("  log: run.log(name, value)", "  log: |\n    sent = value\n    run.log(name, sent)"),
        ("  read: run.get_metrics(name)[name]", "  read: <<unknown-name>>sent"),
    ),
    "leaves without raises": spoiled(
        ("    because: MLflow", "    <<misplaced-key>>leaves: value\n    because: MLflow")
    ),
    "calls": spoiled(
        (
            "compare: numbers",
            "compare: numbers\ncalls:\n"
            "  - {call: <<unknown-call>>Run.log_metric, inputs: {name: name, value: value}}\n"
            "  - {call: <<unknown-call>>log, inputs: {name: name, value: value}}\n"
            "  - {call: Run.log, when: <<unknown-name>>vlaue > 0,"
            " inputs: <<missing-input>>{<<unknown-input>>nam: name, value: value}}\n"
            "  - {call: Run.log_list, gather: [run, <<unknown-name>>key],"
            " inputs: <<missing-input>>{name: name}}\n"
            "  - {call: Run.tag, inputs: {name: key, value: <<unknown-name>>name}}\n"
            "  - {call: Run.log, gather: <<too-few>>[], inputs: {name: name, value: 1 +<<python-syntax>>}}",
        ),
    ),
    "disclosure": spoiled(
        (
            "    because: MLflow keeps doubles.\n",
            "    because: MLflow keeps doubles.\n    disclosed_by: <<unknown-claim>>last-valu\n"
            "  - {id: a, when: v1, becomes: v1, witness: &w {name: a, value: 1}, because: x,"
            " disclosed_by: <<bad-disclosure>>wrong}\n"
            "  - {id: b, when: v1, becomes: v1, witness: *w, because: x,"
            " disclosed_by: <<bad-disclosure>>hosted}\n"
            "  - {id: c, when: v1, becomes: v1, witness: *w, because: x,"
            " disclosed_by: <<bad-disclosure>>ours}\n",
        ),
        (
            "claims:\n",
            "claims:\n  - {id: wrong, says: x, check: 'True', refuted: y}\n"
            "  - {id: hosted, says: x, unverifiable: y}\n"
            "  - {id: ours, says: x, check: 'True', cites: null}\n",
        ),
    ),
    "claims": spoiled(
        (
            "claims:\n",
            "claims:\n  - {id: both, says: x, unverifiable: y, <<conflicting-keys>>check: 'True'}\n"
            "  - <<missing-key>>{id: none, says: x, <<misplaced-key>>refuted: y}\n",
        )
    ),
    "Python that is none": spoiled(
        ("  name: metric_names()", "  name: metric_names<<python-syntax>>("),
        ("usual: is_usual_number(value)", "usual: <<python-syntax>>(value"),
        (
            "    log: mlflow.log_metric(name, value)",
            "    log: |\n      for one in [value]:\n        if one<<python-syntax>>\n          pass",
        ),
        ("value: 2.5", "value: !py '2 <<python-syntax>>$ 3'"),
    ),
    "Python of the wrong form": spoiled(
        ("usual: is_usual_number(value)", "usual: <<not-an-expression>>usual = value"),
        ("  read: run.get_metrics(name)[name]", "  read: |\n    a = 1\n    <<no-value>>b = a"),
        ("    when: not is_exact_double(value)", "    when: |\n      value\n      <<not-an-expression>>name"),
        (
            "    check: client.get_run(run_id).data.metrics[name] == value",
            "    check: |\n      <<no-value>># nothing",
        ),
    ),
    "words of functions": spoiled(
        ("  read: run.get_metrics(name)[name]", "  read: <<no-value>>return run.get_metrics(name)"),
        ("  log: run.log(name, value)", "  log: |\n    if value:\n      <<python-syntax>>return 1"),
        ("    log: mlflow.log_metric(name, value)", "    log: x = <<python-syntax>>await mlflow"),
        ("    becomes: as_double(value)", "    becomes: (<<python-syntax>>yield value)"),
        ("value: 2.5", "value: !py (<<python-syntax>>yield)"),
    ),
    "unknown names": spoiled(
        ("  value: numbers()", "  value: <<unknown-name>>number() | <<unknown-name>>name"),
        (
            "usual: is_usual_number(value)",
            "usual: is_usual_number(<<unknown-name>>valu) and <<unknown-name>>true",
        ),
        ("  log: run.log(name, value)", "  log: |\n    one = value\n    run.log(name, <<unknown-name>>on)"),
        (
            "    read: client.get_run(run_id).data.metrics[name]",
            '    read: "<<unknown-name>>one + client.get_run(<<unknown-name>>runid)[name]"',
        ),
        (
            "    when: not is_exact_double(value)",
            "    when: <<unknown-name>>client is None or clock == 'stopped'",
        ),
        ("value: 2.5", "value: [1, {a: !py '[x for x in <<unknown-name>>y]'}]"),
    ),
    "clocks that are not the example's": spoiled(
        (
            "  log: run.log(name, value)",
            "  log: |\n    <<clock-bypass>>import time\n    run.log(name, time.time())",
        ),
        (
            "    log: mlflow.log_metric(name, value)",
            "    log: |\n      <<clock-bypass>>from datetime import datetime\n"
            "      mlflow.log_metric(name, datetime)",
        ),
        (
            "    check: client.get_run(run_id).data.metrics[name] == value",
            "    check: |\n      def now():\n        <<clock-bypass>>import time as t\n        return t\n"
            "      <<star-import>>from os.path import *\n      now() == value",
        ),
    ),
}

# What the YAML parser stops at; here a whole file is a line or two.
SYNTAX = {
    "a comment only": "# an entry\n",
    "an empty file": "",
    "a key that is indented too far": "harness: 1\nid: x\n title: y\n",
    "a line without its colon": "harness 1\nid: x\n",
    "a list after keys": "harness: 1\n- id\n",
    "a list on the line of its key": "examples: - a\n",
    "a bracket that is left open at the end": "inputs: {value: numbers()\n",
    "a bracket that is left open with nothing in it": "harness: 1\ninputs: {\n",
    "a bracket that is left open before a key": "stores: [sqlite\nid: x\n",
    "another bracket closes": "stores: [sqlite}\n",
    "a quote inside quotes": "title: 'it's'\n",
    "a quote that is left open": 'title: "Log\nid: x\n',
    "an unknown escape": 'title: "C:\\logs"\n',
    "an escape that is too short": 'title: "\\x4"\n',
    "a value that begins with an at sign": "read: @value\n",
    "a value that begins with a per cent sign": "read: %timeit\n",
    "a value that begins with a star": "read: * 2\n",
    "a directive": "%YAML 9\n---\nharness: 1\n",
    "text on the line of a block": "log: |run.log()\n  x\n",
    "an unknown tag handle": "title: !a!b c\n",
    "a tab in a block": "log: |\n\trun.log()\n",
    "half a surrogate pair in the file": "title: \udc80\n",
    "an end of a document": "harness: 1\n...\nid: x\n",
    "an expression tag alone": "!py\n",
    "wide characters": "标题: 記録する 数\nharness: 1\n损失: 値\n",
    "bidirectional control": 'harness: 1\nti\u202etle: x\n"\u2066id": y\n',
    "colours of a terminal in quotes": 'harness: 1\n"\\x1b[31mred": y\n',
}
