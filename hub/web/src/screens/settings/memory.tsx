// What was said: for how long it is kept, forgetting it, and what the hub was taught.

import { useState } from "preact/hooks";
import { address, put, remove } from "../../api/client";
import type { Person } from "../../api/types";
import { t } from "../../i18n/text";
import { forgetExchanges } from "../../state/conversation";
import { useLoaded } from "../../state/loaded";
import { me, personName } from "../../state/login";
import { Phrases } from "./phrases";
import { tellSaved } from "./saved";

const DAYS = [0, 1, 7, 30, 90, 365];

export function Memory() {
  const isOwner = me.value?.person?.is_owner === true;
  return (
    <>
      <section class="card">
        <h2>{t("memoryTitle")}</h2>
        <p class="muted">{t("memoryText")}</p>
        {isOwner && <Days />}
        <Forgetting isOwner={isOwner} />
        {isOwner && (
          <p>
            <a class="line-link" href={address("examples")} download="hearth-examples.jsonl">
              {t("examplesFile")}
            </a>
          </p>
        )}
      </section>
      <Phrases />
    </>
  );
}

/** The choices, with the present one among them. */
export function dayChoices(days: number): number[] {
  return DAYS.includes(days) ? DAYS : [...DAYS, days].sort((one, other) => one - other);
}

function Days() {
  const [kept, load] = useLoaded<{ days: number }>("memory");
  if (kept === null) return null;
  const { days } = kept;
  const choose = async (next: number) => {
    if (next < days && !confirm(t(next === 0 ? "keepNothingSure" : "keepLessSure", { n: next })))
      return load();
    await tellSaved(put("memory", { days: next }));
    await load();
  };
  return (
    <label class="labelled">
      {t("keepFor")}
      <select
        class="field"
        value={String(days)}
        onChange={(event) => void choose(Number(event.currentTarget.value))}
      >
        {dayChoices(days).map((one) => (
          <option key={one} value={String(one)}>
            {one === 0 ? t("notAtAll") : t("days", { n: one })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Forgetting({ isOwner }: { isOwner: boolean }) {
  const [people] = useLoaded<Person[]>("people");
  const [chosen, setChosen] = useState(me.value?.person?.id ?? "");
  const forget = async (path: string, sure: string, is: (person: string | null) => boolean) => {
    if (!confirm(sure)) return;
    if (await tellSaved(remove(path))) forgetExchanges((one) => is(one.person));
  };
  const person = people?.find((one) => one.id === chosen);
  const mine = me.value?.person?.name ?? null;
  return (
    <div class="row">
      {isOwner && (
        <select
          class="field"
          aria-label={t("peopleTitle")}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {people?.map((one) => (
            <option key={one.id} value={one.id}>
              {personName(one)}
            </option>
          ))}
        </select>
      )}
      {person && (
        <button
          type="button"
          class="button"
          onClick={() =>
            void forget(
              `people/${person.id}/said`,
              t("forgetPersonSure", { name: personName(person) }),
              (own) => (own ?? mine) === person.name,
            )
          }
        >
          {t("forgetPerson", { name: personName(person) })}
        </button>
      )}
      {isOwner && (
        <button
          type="button"
          class="button danger"
          onClick={() => void forget("said", t("forgetAllSure"), () => true)}
        >
          {t("forgetAll")}
        </button>
      )}
    </div>
  );
}
