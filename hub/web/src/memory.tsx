// What was said: for how long it is kept, forgetting it, and what the hub was taught.

import { useEffect, useState } from "preact/hooks";
import { call, get, put, remove, spoken } from "./api";
import { me, toast } from "./state";
import { exchanges } from "./talk";
import { t } from "./text";
import type { Person } from "./types";

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
            <a href="/api/v1/examples" download="hearth-examples.jsonl">
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
  const [days, setDays] = useState<number | null>(null);
  useEffect(
    () =>
      void get<{ days: number }>("memory").then(
        (now) => setDays(now.days),
        () => undefined,
      ),
    [],
  );
  if (days === null) return null;
  const choose = async (next: number) => {
    if (next < days && !confirm(t(next === 0 ? "keepNothingSure" : "keepLessSure", { n: next })))
      return setDays(days);
    await told(put("memory", { days: next }), () => setDays(next));
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
  const [people, setPeople] = useState<Person[]>([]);
  const [chosen, setChosen] = useState(me.value?.person?.id ?? "");
  useEffect(() => void get<Person[]>("people").then(setPeople, () => undefined), []);
  const forget = async (path: string, sure: string, is: (person: string | null) => boolean) => {
    if (!confirm(sure)) return;
    await told(remove(path), () => (exchanges.value = exchanges.value.filter((one) => !is(one.person))));
  };
  const person = people.find((one) => one.id === chosen);
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
          {people.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
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
              t("forgetPersonSure", { name: person.name }),
              (own) => (own ?? mine) === person.name,
            )
          }
        >
          {t("forgetPerson", { name: person.name })}
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

function Phrases() {
  const [phrases, setPhrases] = useState<{ phrase: string; means: string }[]>([]);
  const load = () => get<{ phrase: string; means: string }[]>("phrases").then(setPhrases, () => undefined);
  useEffect(() => void load(), []);
  if (phrases.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("phrasesTitle")}</h2>
      <ul class="tokens">
        {phrases.map((one) => (
          <li key={one.phrase}>
            <span>
              “{one.phrase}”<small>{one.means}</small>
            </span>
            <button
              type="button"
              class="button quiet"
              onClick={() => void told(call("DELETE", "phrases", { phrase: one.phrase }), () => void load())}
            >
              {t("delete")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function told(done: Promise<unknown>, then: () => void): Promise<void> {
  try {
    await done;
    then();
    toast(t("saved"));
  } catch (error) {
    toast(spoken(error), "bad");
  }
}
