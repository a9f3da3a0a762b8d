// What a misunderstood turn could have meant, to choose from or to write down.

import { useState } from "preact/hooks";
import { post, spoken } from "../../api/client";
import type { Repairs } from "../../api/types";
import { lang, t } from "../../i18n/text";
import { toast } from "../../state/toasts";
import { submit } from "../../controls/submit";

type Meant = { means: string } | { entity_id: string; name: string };

export function RepairChoices({ id, repairs, done }: { id: string; repairs: Repairs; done: () => void }) {
  const [wrong, setWrong] = useState("");
  /** Keeps what was meant, or only reads it back. What it would do; nothing if it could not be understood. */
  const send = async (meant: Meant, keep: boolean) => {
    setWrong("");
    try {
      const { does } = await post<{ does: string }>(`turns/${id}/repair?lang=${lang.value}`, {
        ...meant,
        keep,
      });
      if (!keep) return does;
      toast(t("learnt"));
      done();
    } catch (error) {
      setWrong(spoken(error));
    }
    return null;
  };
  return (
    <div class="repair">
      <Offered repairs={repairs} choose={(meant) => void send(meant, true)} />
      <OwnWords
        read={(words) => send({ means: words }, false)}
        keep={(words) => void send({ means: words }, true)}
      />
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Offered({ repairs, choose }: { repairs: Repairs; choose: (meant: Meant) => void }) {
  return (
    <>
      {0 < repairs.sentences.length && <h3>{t("meansThat", { words: repairs.words })}</h3>}
      <div class="answers">
        {repairs.sentences.map((one) => (
          <button key={one.text} type="button" class="button" onClick={() => choose({ means: one.text })}>
            {one.does}
          </button>
        ))}
      </div>
      {0 < repairs.names.length && <h3>{t("callsThat")}</h3>}
      <div class="answers">
        {repairs.names.map((one) => (
          <button
            key={one.entity_id}
            type="button"
            class="button"
            onClick={() => choose({ entity_id: one.entity_id, name: one.heard })}
          >
            {t("isCalled", { heard: one.heard, name: one.name })}
            {one.area && <small>{one.area}</small>}
          </button>
        ))}
      </div>
    </>
  );
}

/** Own words for what was meant: read back first, then kept. */
function OwnWords({
  read,
  keep,
}: {
  read: (words: string) => Promise<string | null>;
  keep: (words: string) => void;
}) {
  const [words, setWords] = useState("");
  const [does, setDoes] = useState<string | null>(null);
  return (
    <>
      <form class="row" onSubmit={submit(() => read(words).then(setDoes))}>
        <input
          class="field"
          maxLength={200}
          placeholder={t("rightSentence")}
          aria-label={t("rightSentence")}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setDoes(null);
          }}
        />
        <button type="submit" class="button" disabled={!words.trim()}>
          {t("readBack")}
        </button>
      </form>
      {does !== null && (
        <div class="answers" role="status">
          <p>{t("wouldBe", { title: does })}</p>
          <button type="button" class="button primary" onClick={() => keep(words)}>
            {t("keep")}
          </button>
          <button type="button" class="button" onClick={() => setDoes(null)}>
            {t("no")}
          </button>
        </div>
      )}
    </>
  );
}
