"""A good entry with one of everything, a short one to spoil, and marks where problems are expected."""

from __future__ import annotations

import re
from pathlib import Path

GOOD_PATH = Path("log-list.yaml")
SHORT_PATH = Path("log-number.yaml")

GOOD = r"""harness: 1
id: log-list
title: Log a list of metrics
guide: Log a list of metrics

inputs:
  name: metric_names()
  values: st.lists(numbers(), min_size=1, max_size=50)
usual: all(is_usual_number(value) for value in values)
unobserved:
  name.order: A name has no order that can be read.

examples:
  - {guide: true, name: sample_list, values: [1, 2, 3, 2, 1, 2, 3, 2, 1]}
  - {id: odd-numbers, name: loss, values: !py "[float('nan'), 1e308, 2**53 + 1]"}
  - clock: stopped
    name: "näme"
    values: [1e5, .inf, -0.0, !py 2 ** 70]

v1:
  log: run.log_list(name, values)
  read: as_list(run.get_metrics(name)[name])
  refuses:
    - id: no-empty-list
      when: len(values) == 0
      raises: {type: UserErrorException, match: 'empty (list|sequence)'}
      witness: {name: loss, values: []}
      because: The client does not send an empty list.

mlflow:
  guide:
    note: The guide's own recipe.
    log: |
      metrics = [Metric(name, value, int(time.time() * 1000), 0) for value in values]
      client.log_batch(run_id, metrics=metrics)
    read: "[metric.value for metric in client.get_metric_history(run_id, name)]"
  recommended:
    log: |
      now = int(time.time() * 1000)
      client.log_batch(run_id, metrics=[Metric(name, value, now, step) for step, value in enumerate(values)])
    read: >-
      [metric.value
      for metric in client.get_metric_history(run_id, name)]

compare: numbers

divergences:
  - id: equal-points-merge
    recipes: [guide]
    stores: [sql]
    versions: {mlflow: ">=2.22"}
    when: has_equal(expected)
    becomes: distinct(expected)
    witness: {name: loss, values: [0, 0]}
    region:
      values: st.lists(st.sampled_from([0, 1]), min_size=2)
    because: A SQL store keys a metric point by name, timestamp, step and value; equal points are one.
    disclosed_by: most-recent-only
  - id: too-large
    when: any(abs(value) > 2**1024 for value in values)
    raises:
      phase: log
      type: MlflowException
      match: "too large\\b"
    leaves: nothing
    witness: {name: loss, values: [!py 10**400]}
    because: >
      A double does not
      hold it.

claims:
  - id: no-text
    says: A list with text in it cannot be logged this way.
    check: |
      raises(MlflowException, lambda: client.log_metric(run_id, name, "text"))
  - id: most-recent-only
    says: Only the last value is among the metrics of the run.
    check: |
      run_data = client.get_run(run_id).data
      run_data.metrics.get(name) == values[-1]
    given: {name: loss, values: [1, 2]}
  - id: shown-in-studio
    says: The metrics appear in a tab of the studio.
    unverifiable: Only the hosted studio can show it.
  - id: our-own
    says: Everything is kept.
    cites: null
    check: len(values) > 100
    refuted: Equal points are merged.

calls:
  - call: Run.log_list
    inputs: {name: name, values: value}
  - call: Run.log
    when: len(calls) > 1 and is_number(value)
    gather: [run, name]
    inputs:
      name: name
      values: "[call.value for call in calls]"
"""

SHORT = """\
harness: 1
id: log-number
title: Log a number
guide: Log an integer or float metric
inputs:
  name: metric_names()
  value: numbers()
usual: is_usual_number(value)
examples:
  - {guide: true, name: loss, value: 1}
  - {name: loss, value: 2.5}
v1:
  log: run.log(name, value)
  read: run.get_metrics(name)[name]
mlflow:
  guide:
    log: mlflow.log_metric(name, value)
    read: client.get_run(run_id).data.metrics[name]
compare: numbers
divergences:
  - id: rounded
    when: not is_exact_double(value)
    becomes: as_double(value)
    witness: {name: loss, value: 9007199254740993}
    because: MLflow keeps doubles.
claims:
  - id: last-value
    says: Only the last value is kept.
    check: client.get_run(run_id).data.metrics[name] == value
"""

_MARK = re.compile(r"<<([a-z0-9-]+)>>")


def marked(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without its `<<code>>` marks, and (line, column, code) of what follows each mark."""
    expected = []
    clean = ""
    end = 0
    for match in _MARK.finditer(text):
        clean += text[end : match.start()]
        end = match.end()
        line = clean.count("\n") + 1
        expected.append((line, len(clean) - (clean.rfind("\n") + 1) + 1, match.group(1)))
    return clean + text[end:], sorted(expected)


def spoiled(*changes: tuple[str, str]) -> str:
    """The short entry with pieces of it replaced; each piece stands in it exactly once."""
    text = SHORT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
