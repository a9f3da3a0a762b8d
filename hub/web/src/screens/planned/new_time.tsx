// Another time for something planned.

import { useState } from "preact/hooks";
import { patch, spoken } from "../../api/client";
import type { Retimed, Schedule } from "../../api/types";
import { lang, t } from "../../i18n/text";
import { newConversation, tell } from "../../state/actions";
import { loadSchedules } from "../../state/schedules";
import { submit } from "../../controls/submit";

/** Another time in words: read back first, then kept. */
export function NewTime({ plan, done }: { plan: Schedule; done: () => void }) {
  const [words, setWords] = useState("");
  const [read, setRead] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  const send = async (keep: boolean) => {
    setWrong("");
    try {
      const conversation = newConversation();
      const back = await patch<Retimed>(
        `schedules/${plan.id}?conversation=${conversation}&lang=${lang.value}`,
        { when: words, keep },
      );
      if (!keep) return setRead(back.title);
      if (back.turn) tell(back.turn, conversation);
      await loadSchedules();
      done();
    } catch (error) {
      setRead(null);
      setWrong(spoken(error));
    }
  };
  return (
    <form class="retime" onSubmit={submit(() => send(false))}>
      <label class="labelled">
        {t(plan.kind === "routine" || plan.kind === "action" ? "whenOrTime" : "newTime")}
        <input
          class="field"
          maxLength={200}
          placeholder={plan.when}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setRead(null);
          }}
        />
      </label>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      {read === null ? (
        <div class="row">
          <button type="submit" class="button primary" disabled={!words.trim()}>
            {t("readBack")}
          </button>
        </div>
      ) : (
        <>
          <p role="status">{t("wouldBe", { title: read })}</p>
          <div class="row">
            <button type="button" class="button primary" onClick={() => void send(true)}>
              {t("keep")}
            </button>
            <button type="button" class="button" onClick={() => setRead(null)}>
              {t("no")}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
