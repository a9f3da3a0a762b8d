// A turn that went wrong: two taps to what was meant. What is offered is what the hub can really do.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { get, post, remove, spoken } from "./api";
import { toast } from "./state";
import { exchanges } from "./talk";
import { lang, t } from "./text";

interface Offers {
  words: string;
  sentences: { text: string; does: string }[];
  names: { entity_id: string; name: string; area: string | null; heard: string }[];
}

type Meant = { means: string } | { entity_id: string; name: string };

/** What can be done about a turn afterwards. */
export function Repair({ id, isSaid, before }: { id: string; isSaid: boolean; before: ComponentChildren }) {
  const [offers, setOffers] = useState<Offers | null>(null);
  const [isBusy, setBusy] = useState(false);
  const open = async () => {
    if (offers) return setOffers(null);
    setBusy(true);
    await get<Offers>(`turns/${id}/repair?lang=${lang.value}`).then(setOffers, (error: unknown) =>
      toast(spoken(error), "bad"),
    );
    setBusy(false);
  };
  return (
    <>
      <div class="afterwards">
        {before}
        {isSaid && (
          <button
            type="button"
            class="link"
            aria-expanded={offers !== null}
            disabled={isBusy}
            onClick={() => void open()}
          >
            {t(isBusy ? "thinking" : "wasWrong")}
          </button>
        )}
        <button type="button" class="link" onClick={() => void forget(id)}>
          {t("forget")}
        </button>
      </div>
      {offers && <Choices id={id} offers={offers} done={() => setOffers(null)} />}
    </>
  );
}

function Choices({ id, offers, done }: { id: string; offers: Offers; done: () => void }) {
  const [words, setWords] = useState("");
  const [does, setDoes] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  const send = async (meant: Meant, keep: boolean) => {
    setWrong("");
    try {
      const back = await post<{ does: string }>(`turns/${id}/repair?lang=${lang.value}`, { ...meant, keep });
      if (!keep) return setDoes(back.does);
      toast(t("learnt"));
      done();
    } catch (error) {
      setDoes(null);
      setWrong(spoken(error));
    }
  };
  return (
    <div class="repair">
      {0 < offers.sentences.length && <h4>{t("meansThat", { words: offers.words })}</h4>}
      <div class="answers">
        {offers.sentences.map((one) => (
          <button
            key={one.text}
            type="button"
            class="button"
            onClick={() => void send({ means: one.text }, true)}
          >
            {one.does}
          </button>
        ))}
      </div>
      {0 < offers.names.length && <h4>{t("callsThat")}</h4>}
      <div class="answers">
        {offers.names.map((one) => (
          <button
            key={one.entity_id}
            type="button"
            class="button"
            onClick={() => void send({ entity_id: one.entity_id, name: one.heard }, true)}
          >
            {t("isCalled", { heard: one.heard, name: one.name })}
            {one.area && <small>{one.area}</small>}
          </button>
        ))}
      </div>
      <form class="row" onSubmit={(event) => (event.preventDefault(), void send({ means: words }, false))}>
        <input
          class="field"
          maxLength={200}
          placeholder={t("rightSentence")}
          aria-label={t("rightSentence")}
          value={words}
          onInput={(event) => (setWords(event.currentTarget.value), setDoes(null))}
        />
        <button class="button" disabled={!words.trim()}>
          {t("readBack")}
        </button>
      </form>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      {does !== null && (
        <div class="answers" role="status">
          <p>{t("wouldBe", { title: does })}</p>
          <button type="button" class="button primary" onClick={() => void send({ means: words }, true)}>
            {t("keep")}
          </button>
          <button type="button" class="button" onClick={() => setDoes(null)}>
            {t("no")}
          </button>
        </div>
      )}
    </div>
  );
}

async function forget(id: string): Promise<void> {
  if (!confirm(t("forgetTurnSure"))) return;
  try {
    await remove(`turns/${id}`);
    exchanges.value = exchanges.value.filter((one) => one.turn?.turn !== id);
  } catch (error) {
    toast(spoken(error), "bad");
  }
}
