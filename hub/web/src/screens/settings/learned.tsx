// What was learned of the household: what it is, what is learned at all, its export, and forgetting it.

import { useSignalEffect } from "@preact/signals";
import { useState } from "preact/hooks";
import { address, put, remove } from "../../api/client";
import type { Learning, LearningSettings, Person } from "../../api/types";
import { Toggle } from "../../controls/parts";
import { t } from "../../i18n/text";
import { ago } from "../../i18n/time";
import { nameOf } from "../../state/house";
import { learning, loadLearning, lookAgain } from "../../state/learning";
import { useLoaded } from "../../state/loaded";
import { isOwner, isResident, personName } from "../../state/login";
import { moment } from "../../state/moment";
import { tellSaved } from "./saved";

export function Learned() {
  // Read again in another language.
  useSignalEffect(() => void loadLearning());
  const known = learning.value;
  if (!known) return null;
  const { evidence } = known;
  return (
    <section class="card learned">
      <h2>{t("learnedTitle")}</h2>
      <p class="muted">{t("learnedText")}</p>
      <p>
        {evidence.since_ms === null
          ? t("nothingRemembered")
          : t("remembered", {
              events: evidence.events,
              since: new Date(evidence.since_ms).toLocaleDateString(),
              kib: Math.ceil(evidence.bytes / 1024),
            })}{" "}
        {evidence.looked_ms !== null &&
          t("lookedAgo", { ago: ago(Math.min(evidence.looked_ms, moment.value), moment.value) })}
      </p>
      <Habits known={known} />
      {isOwner() && <Switches known={known} />}
      <div class="row">
        {isResident() && <LookAgain />}
        {isOwner() && (
          <a class="button" href={address("learning/evidence")} download="hearth-evidence.jsonl">
            {t("exportEvidence")}
          </a>
        )}
      </div>
      {isOwner() && <Forgetting known={known} />}
    </section>
  );
}

function Habits({ known }: { known: Learning }) {
  const [isOpen, setOpen] = useState(false);
  if (known.habits.length === 0) return <p class="muted">{t("nothingLearned")}</p>;
  const shown = isOpen ? known.habits : known.habits.slice(0, FIRST);
  return (
    <>
      <ul class="habits">
        {shown.map((one, index) => (
          <li key={index}>
            {one.said} <small>{t("sure", { n: Math.round(100 * one.confidence) })}</small>
          </li>
        ))}
      </ul>
      {FIRST < known.habits.length && (
        <button type="button" class="button quiet" onClick={() => setOpen(!isOpen)}>
          {isOpen ? t("less") : t("allHabits", { n: known.habits.length })}
        </button>
      )}
    </>
  );
}

/** A switch for all of it, one for each kind, one for each person. */
function Switches({ known }: { known: Learning }) {
  const [people] = useLoaded<Person[]>("people");
  const { settings } = known;
  const save = async (changed: Partial<LearningSettings>) => {
    const saved = await tellSaved(put("learning", { ...settings, ...changed }));
    await loadLearning();
    return saved;
  };
  const without = (list: string[], one: string, on: boolean) =>
    on ? list.filter((other) => other !== one) : [...list, one];
  return (
    <div class="switches">
      <Switch label={t("learnAtAll")} isOn={settings.is_on} run={(on) => save({ is_on: on })} />
      {settings.is_on &&
        KINDS.map((kind) => (
          <Switch
            key={kind}
            label={t(`habit_${kind}`)}
            isOn={!settings.without_kinds.includes(kind)}
            run={(on) => save({ without_kinds: without(settings.without_kinds, kind, on) })}
          />
        ))}
      {settings.is_on &&
        people?.map((one) => (
          <Switch
            key={one.id}
            label={t("learnPerson", { name: personName(one) })}
            isOn={!settings.without_people.includes(one.id)}
            run={(on) => save({ without_people: without(settings.without_people, one.id, on) })}
          />
        ))}
      {settings.without_entities.map((id) => (
        <Switch
          key={id}
          label={t("learnThing", { name: nameOf(id) })}
          isOn={false}
          run={() => save({ without_entities: without(settings.without_entities, id, true) })}
        />
      ))}
    </div>
  );
}

function Switch({
  label,
  isOn,
  run,
}: {
  label: string;
  isOn: boolean;
  run: (on: boolean) => Promise<boolean>;
}) {
  return (
    <div class="switch">
      <span>{label}</span>
      <Toggle label={label} isOn={isOn} run={run} />
    </div>
  );
}

function LookAgain() {
  const [isBusy, setBusy] = useState(false);
  const look = async () => {
    setBusy(true);
    await lookAgain();
    setBusy(false);
  };
  return (
    <button type="button" class="button" disabled={isBusy} onClick={() => void look()}>
      {t(isBusy ? "thinking" : "lookNow")}
    </button>
  );
}

/** Forgets a thing, and learns nothing of it any more if that is wanted; or everything. */
function Forgetting({ known }: { known: Learning }) {
  const things = [...new Set(known.habits.map((one) => one.entity))].sort();
  const [chosen, setChosen] = useState("");
  const id = things.includes(chosen) ? chosen : (things[0] ?? "");
  const forget = async (query: string, sure: string) => {
    if (!confirm(sure)) return;
    await tellSaved(remove(`learning/evidence${query}`));
    await loadLearning();
  };
  const dont = async () => {
    const { settings } = known;
    await tellSaved(put("learning", { ...settings, without_entities: [...settings.without_entities, id] }));
    await loadLearning();
  };
  return (
    <div class="row">
      {id && (
        <>
          <select
            class="field"
            aria-label={t("devices")}
            value={id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {things.map((one) => (
              <option key={one} value={one}>
                {nameOf(one)}
              </option>
            ))}
          </select>
          <button
            type="button"
            class="button"
            onClick={() =>
              void forget(`?entity=${encodeURIComponent(id)}`, t("forgetThingSure", { name: nameOf(id) }))
            }
          >
            {t("forgetThing")}
          </button>
          <button type="button" class="button" onClick={() => void dont()}>
            {t("dontLearn")}
          </button>
        </>
      )}
      <button type="button" class="button danger" onClick={() => void forget("", t("forgetEvidenceSure"))}>
        {t("forgetEvidence")}
      </button>
    </div>
  );
}

const KINDS = ["time", "sequence", "condition", "preference", "hint"] as const;
/** More are shown when asked for. */
const FIRST = 6;
