"""The kinds of check: example, property, directed property, witness, refusal, claim. Each gives one result.

Sensitivity, the check of the comparison itself, has a room of its own.
"""

from __future__ import annotations

from harness.clock import CLOCKS
from harness.paths import completed, flushed, fresh_inputs, mlflow_scope, raise_if_lost, v1_scope
from harness.profiles import Profile, seed_for
from harness.report.model import Result
from harness.spec import resolve
from harness.testbed import TestBed, isolated
from harness.verify.failure import failure_text, observation
from harness.verify.pipeline import (
    EntryError,
    Finding,
    Subject,
    Trial,
    Walk,
    is_usual,
    judge,
    observe_given,
    observe_v1,
    walk,
    with_mlflow,
)
from harness.verify.ready import Case, Claim, Divergence, Refusal
from harness.verify.search import NotOfInterest, search
from harness.verify.tally import ItemId, Tally


def check_example(subject: Subject, item: ItemId, case: Case) -> Result:
    """One input that the entry gives: its difference must be what the divergences say."""
    tally = Tally()
    try:
        trial = observe_given(subject, case)
        if trial.refused_by:
            tally.add(subject, trial, None)
            if case.is_guide:
                sentence = f"v1 refuses the guide's own example ({trial.refused_by.id})"
                return tally.result(
                    item, "failed", failure_text(subject, item, case, sentence, trial), case=case
                )
            return tally.result(item, "passed", f"v1 refuses it: {trial.refused_by.id}")
        model = walk(subject, trial)
        tally.add(subject, trial, model)
        finding = judge(subject, trial, model)
        if finding is None and case.is_guide and not is_usual(subject, case):
            # Else nothing that is lost would count as usual, and the verdict would be milder than it is.
            finding = Finding(("usual",), "the guide's own example is not `usual`: mend `usual`")
    except EntryError as error:
        return tally.result(
            item, "error", failure_text(subject, item, case, str(error)), required=1, case=case
        )
    observed = observation(trial, model)
    if finding is None:
        return tally.result(item, "passed", required=1, observed=observed)
    text = failure_text(subject, item, case, finding.sentence, trial, model)
    return tally.result(item, "failed", text, required=1, case=case, observed=observed)


def check_property(subject: Subject, item: ItemId, profile: Profile, run_seed: int) -> Result:
    """Generated inputs over the whole of the entry's `inputs`."""
    result = _check_searched(subject, item, profile.examples, run_seed, None)
    never = sorted({divergence.id for divergence in subject.divergences} - set(result.applied))
    if result.outcome != "passed" or not never:
        return result
    said = f"generation never came upon: {', '.join(never)}"
    if profile.all_applied:
        return result.model_copy(update={"outcome": "failed", "message": said})
    return result.model_copy(update={"message": said})


def check_directed(
    subject: Subject, item: ItemId, divergence: Divergence, profile: Profile, run_seed: int
) -> Result:
    """Generated inputs inside the `when` of one divergence: its model, where it matters."""
    result = _check_searched(subject, item, profile.directed, run_seed, divergence)
    if result.outcome == "passed" and not result.applied.get(divergence.id):
        said = (
            f"Divergence {divergence.id} never applied: in {result.examples} inputs inside its `when` what it "
            "makes of the value is what it was. Remove it, or mend `when` and `becomes`."
        )
        return result.model_copy(update={"outcome": "failed", "message": said})
    return result


def _check_searched(
    subject: Subject, item: ItemId, examples: int, run_seed: int, inside: Divergence | None
) -> Result:
    tally = Tally()
    found: dict[tuple[str, ...], tuple[str, Trial | None, Walk | None]] = {}

    def try_case(case: Case, counts: bool) -> tuple[str, ...] | None:
        trial: Trial | None = None
        model: Walk | None = None
        finding: Finding | None
        try:
            trial = observe_v1(subject, case)
            if trial.refused_by:
                if counts:
                    tally.add(subject, trial, None)
                raise NotOfInterest
            model = walk(subject, trial)
            if inside and inside.id not in model.matched:
                raise NotOfInterest
            trial = with_mlflow(subject, trial)
            finding = judge(subject, trial, model)
            if counts:
                tally.add(subject, trial, model)
        except EntryError as error:
            finding = Finding(("entry", type(error.__cause__).__name__), str(error))
        if finding is None:
            return None
        found[finding.cause] = (finding.sentence, trial, model)
        return finding.cause

    strategies = {**subject.entry.strategies, **(inside.region if inside else {})}
    seed = seed_for(run_seed, item.mapping, item.recipe or "", item.store, item.kind, item.id)
    clocks = inside.clocks if inside else CLOCKS
    given = [*subject.entry.examples.values(), *subject.entry.witnesses.values()]
    searched = search(strategies, try_case, examples=examples, seed=seed, clocks=clocks, given=given)
    required = searched.examples if searched.exhausted else examples
    if searched.smallest:
        texts = []
        for cause, case in searched.smallest.items():
            if try_case(case, False) == cause:
                texts.append(failure_text(subject, item, case, *found[cause]))
            else:
                sentence = f"{found[cause][0]} (not each time: when it was tried again, it was otherwise)"
                texts.append(failure_text(subject, item, case, sentence))
        outcome = "error" if all(cause[0] == "entry" for cause in searched.smallest) else "failed"
        first = next(iter(searched.smallest.values()))
        return tally.result(
            item,
            "error" if outcome == "error" else "failed",
            "\n\n".join([*([searched.problem] if searched.problem else []), *texts]),
            required=required,
            case=first,
        )
    if searched.problem or tally.examples < required or tally.examples == 0:
        problem = searched.problem or f"only {tally.examples} of {required} inputs could be generated"
        hint = (
            f"\n`when` of {inside.id} holds for too few of the inputs: give it a `region` that lies inside, for each "
            "input that `when` depends on, and that no earlier divergence ends the walk for."
            if inside
            else ""
        )
        return tally.result(item, "error", f"{problem}{hint}", required=required)
    return tally.result(item, "passed", required=required)


def check_witness(subject: Subject, item: ItemId, divergence: Divergence) -> Result:
    """The witness of a divergence: with the whole model it agrees, without this one divergence it does not."""
    tally = Tally()
    case = divergence.witness
    unexplained = f"the entry does not explain the witness of divergence {divergence.id}"

    def failed(sentence: str, trial: Trial | None = None, model: Walk | None = None) -> Result:
        text = failure_text(subject, item, case, sentence, trial, model)
        observed = observation(trial, model) if trial and model else None
        return tally.result(item, "failed", text, required=1, case=case, observed=observed)

    try:
        trial = observe_given(subject, case)
        if trial.refused_by:
            tally.add(subject, trial, None)
            return failed(f"v1 refuses the witness ({trial.refused_by.id}), so it shows nothing")
        model = walk(subject, trial)
        tally.add(subject, trial, model)
        finding = judge(subject, trial, model)
        if finding is not None:
            sentence = (
                f"the entry does not explain the witness of divergence {divergence.id}: {finding.sentence}"
            )
            return failed(sentence, trial, model)
        if divergence.id not in model.applied:
            return failed(f"divergence {divergence.id} does not apply to its own witness", trial, model)
        if _agrees_without(subject, trial, divergence):
            sentence = f"healed: without divergence {divergence.id} its witness agrees too; remove it"
            return failed(sentence, trial, model)
    except EntryError as error:
        text = failure_text(subject, item, case, f"{unexplained}: {error}")
        return tally.result(item, "error", text, required=1, case=case)
    return tally.result(item, "passed", required=1, observed=observation(trial, model))


def _agrees_without(subject: Subject, trial: Trial, divergence: Divergence) -> bool:
    try:
        return judge(subject, trial, walk(subject, trial, without=divergence.id)) is None
    except EntryError:
        # What comes after it in the entry cannot do without it, so the entry does not explain the trial without it.
        return False


def check_refusal(subject: Subject, item: ItemId, refusal: Refusal) -> Result:
    """The witness of a refusal: v1 raises what the entry says."""
    tally = Tally()
    try:
        trial = observe_v1(subject, refusal.witness)
    except EntryError as error:
        text = failure_text(subject, item, refusal.witness, str(error))
        return tally.result(item, "failed", text, case=refusal.witness)
    if trial.refused_by is None or trial.refused_by.id != refusal.id:
        sentence = f"refusal {refusal.id} does not apply to its own witness"
        text = failure_text(subject, item, refusal.witness, sentence, trial)
        return tally.result(item, "failed", text, case=refusal.witness)
    tally.add(subject, trial, None)
    return tally.result(item, "passed")


def check_claim(bed: TestBed, item: ItemId, claim: Claim) -> Result:
    """A statement of the guide, or ours: it holds, or is known not to (`refuted`); both ways strictly."""
    tally = Tally()
    if claim.check is None:
        skipped = tally.result(item, "passed", claim.unverifiable or "")
        return skipped.model_copy(update={"outcome": "skipped", "skipped_because": "unverifiable"})
    with isolated(bed), bed.workspace.recording() as executed:
        run = bed.experiment.start_logging(snapshot_directory=None)
        try:
            scope = {
                **resolve("claim"),
                **fresh_inputs(claim.case.inputs),
                **v1_scope(bed, run),
                **mlflow_scope(bed, bed.stores[item.store], claim.case.clock),
            }
            holds = claim.check.run(scope)
        except Exception as error:  # the author's code may raise anything
            raise_if_lost(bed.stores[item.store])
            return tally.result(
                item, "error", f"`check` raised {type(error).__name__}: {error}", case=claim.case
            )
        finally:
            refused = flushed(bed, run)
            completed(run)
            bed.workspace.release_runs()
    # A claim that something is refused would hold of a store that is gone.
    raise_if_lost(bed.stores[item.store])
    tally.assumptions |= executed & bed.assumed
    if refused is not None:
        # Else a claim would hold of what was never kept.
        told = f"what `check` logged with SDK v1 was refused: {refused}"
        return tally.result(item, "error", told, case=claim.case)
    if not isinstance(holds, bool):
        return tally.result(
            item, "error", f"`check` gave {holds!r}; it must give True or False", case=claim.case
        )
    if holds == (claim.refuted is None):
        message = "" if holds else f"does not hold, as the entry says: {claim.refuted}"
        return tally.result(item, "passed", message, refuted=not holds)
    told = "holds, but the entry calls it refuted" if holds else "does not hold"
    return tally.result(item, "failed", f"The claim {told}: {claim.says}", case=claim.case)
