// What was said, what was answered, and what can be done about it.

import { useState } from "preact/hooks";
import type { Turn } from "../../api/types";
import { Answers } from "../../controls/question";
import { t } from "../../i18n/text";
import { ago, clockTime } from "../../i18n/time";
import { undo } from "../../state/actions";
import { type Exchange, exchanges, isFresh, open, recall, say } from "../../state/conversation";
import { me } from "../../state/login";
import { moment } from "../../state/moment";
import { Repair } from "./repair";
import { TurnDetails, hasMissed } from "./turn_details";

export function Conversation() {
  const [isLong, setLong] = useState(false);
  const all = exchanges.value;
  const fresh = all.filter(isFresh).length;
  // What was said on this page, a little; of what was said before, the last alone, so that the devices are near.
  const shown = isLong ? all : all.slice(0, Math.min(FEW, Math.max(1, fresh)));
  const more = async () => {
    await recall(MANY).catch(() => undefined);
    setLong(true);
  };
  if (all.length === 0) return <p class="examples">{t("examples")}</p>;
  return (
    <>
      <h2 class="hidden">{t("conversation")}</h2>
      <ol class="conversation" aria-live="polite" aria-relevant="additions text">
        {shown.map((one, index) => (
          <Said key={one.id} exchange={one} isLast={index === 0} />
        ))}
      </ol>
      <button
        type="button"
        class="link"
        aria-expanded={isLong}
        onClick={() => (isLong ? setLong(false) : void more())}
      >
        {t(isLong ? "less" : "earlier")}
      </button>
    </>
  );
}

function Said({ exchange, isLast }: { exchange: Exchange; isLast: boolean }) {
  const { turn, failed } = exchange;
  const question = isLast ? open.value : null;
  return (
    <li class={exchange.isUndone ? "exchange undone" : "exchange"}>
      <p class="said">
        <span>{exchange.text}</span>
        {exchange.person && exchange.person !== me.value?.person?.name && <em>{exchange.person}</em>}
        <time>{ago(Math.min(exchange.at, moment.value), moment.value)}</time>
      </p>
      <div class={`reply ${failed ? "bad" : tone(turn)}`}>
        <p>{failed ?? turn?.reply ?? <span class="thinking">{t("thinking")}</span>}</p>
        {exchange.isUndone && <p class="mark">{t("undone")}</p>}
        {turn?.outcome === "answer" && <About turn={turn} at={exchange.at} />}
        {question && <Answers question={question} say={(text, shown) => void say(text, shown, turn?.lang)} />}
        {turn && <TurnDetails turn={turn} />}
        {turn?.turn && (
          <Repair
            id={turn.turn}
            isSaid={!BY_THE_HUB.has(exchange.cause)}
            before={turn.undoable && !exchange.isUndone ? <Back id={turn.turn} /> : null}
          />
        )}
      </div>
    </li>
  );
}

/** Of what an answer is true and since when: it stays on the page when the house has moved on. */
function About({ turn, at }: { turn: Turn; at: number }) {
  const whens = turn.intents.flatMap((intent) => intent.when ?? []);
  const parts = [
    ...new Set(turn.intents.flatMap((intent) => PLACES.map((slot) => intent.slots[slot]).filter(isText))),
    ...whens.map((when) => t("askedFor", { when })),
    t("asOf", { time: clockTime(at) }),
  ];
  return <p class="about">{parts.join(" · ")}</p>;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Takes the turn back. */
function Back({ id }: { id: string }) {
  const [isBusy, setBusy] = useState(false);
  const call = async () => {
    setBusy(true);
    await undo(id);
    setBusy(false);
  };
  return (
    <button type="button" class="link" aria-disabled={isBusy} onClick={() => !isBusy && void call()}>
      {t("undo")}
    </button>
  );
}

function tone(turn: Turn | null): string {
  if (!turn) return "";
  if (turn.outcome === "ask") return "asks";
  return hasMissed(turn) || turn.outcome === "refuse" || turn.outcome === "not_understood" ? "bad" : "";
}

/** Slots that say of what. */
const PLACES = ["name", "area", "floor"];
const FEW = 3;
const MANY = 50;
/** What nobody said can't have been misunderstood. */
const BY_THE_HUB = new Set(["schedule", "routine"]);
