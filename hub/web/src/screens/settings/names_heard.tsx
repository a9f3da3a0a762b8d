// Names of the house with words that the recogniser does not know: for what they are heard, and, for the owner, how
// such a word sounds in words that it knows.

import { useEffect, useState } from "preact/hooks";
import { put, remove } from "../../api/client";
import type { Hearing, Pronunciation } from "../../api/types";
import { submit } from "../../controls/submit";
import { t } from "../../i18n/text";
import { useLoaded } from "../../state/loaded";
import { isOwner } from "../../state/login";
import { tellSaved } from "./saved";

export function NamesHeard() {
  const [hearing] = useLoaded<Hearing>("hearing");
  if (!hearing || hearing.unknown.length === 0) return null;
  // The owner sees those with strange words below each word.
  const names = hearing.unknown.filter((one) => !isOwner() || one.words.length === 0);
  return (
    <section class="card" id="names-heard">
      <h2>{t("namesHeardTitle")}</h2>
      <p class="muted">{t(isOwner() ? "namesHeardOwner" : "namesHeardText")}</p>
      {isOwner() && <Pronunciations />}
      <ul class="refusals">
        {names.map((one) => (
          <li key={one.name}>
            <strong>{one.name}</strong>
            <p>{one.heard_as ? t("nameHeardAs", { words: one.heard_as }) : t("nameUnheard")}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pronunciations() {
  const [words, load] = useLoaded<Pronunciation[]>("pronunciations");
  const change = async (call: Promise<unknown>) => {
    await tellSaved(call);
    await load();
  };
  return (
    <ul class="refusals">
      {words?.map((one) => (
        <Word key={one.word} one={one} change={change} />
      ))}
    </ul>
  );
}

function Word({ one, change }: { one: Pronunciation; change: (call: Promise<unknown>) => Promise<void> }) {
  const now = one.own ?? one.heard_as ?? "";
  const [said, setSaid] = useState(now);
  useEffect(() => setSaid(now), [now]);
  const path = `pronunciations/${encodeURIComponent(one.word)}`;
  return (
    <li>
      <strong>{one.word}</strong>
      <p>
        {one.names.join(", ")} {!now && t("wordUnheard")}
      </p>
      <form class="row" onSubmit={submit(() => change(put(path, { heard_as: said })))}>
        <input
          class="field"
          aria-label={t("wordSounds", { word: one.word })}
          value={said}
          onInput={(event) => setSaid(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!said.trim() || said === now}>
          {t("save")}
        </button>
        {one.own !== null && (
          <button type="button" class="button quiet" onClick={() => void change(remove(path))}>
            {one.proposed ? t("wordAsProposed", { words: one.proposed }) : t("undo")}
          </button>
        )}
      </form>
    </li>
  );
}
