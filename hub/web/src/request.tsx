// The request box and the conversation under it.

import { useState } from "preact/hooks";
import { Icon } from "./icons";
import { Answers } from "./question";
import { Repair } from "./repair";
import { areas, entities, me, moment } from "./state";
import { type Exchange, area, chooseArea, exchanges, open, recall, say, undo } from "./talk";
import { ago, seconds, t } from "./text";
import type { Done, Turn } from "./types";

export function Request() {
  const [text, setText] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    setText("");
    void say(words);
  };
  return (
    <section class="request" aria-label={t("askLabel")}>
      <form class="ask" onSubmit={send}>
        <input
          type="text"
          name="request"
          autocomplete="off"
          enterKeyHint="send"
          maxLength={600}
          placeholder={t("askPlaceholder")}
          aria-label={t("askLabel")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <label class="where">
          <Icon name="home" size={18} />
          <span class="hidden">{t("where")}</span>
          <select value={area.value} onChange={(event) => chooseArea(event.currentTarget.value)}>
            <option value="">{t("anywhere")}</option>
            {areas.value.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <button class="send" aria-label={t("send")} disabled={!text.trim()}>
          <Icon name="send" />
        </button>
      </form>
      <Conversation />
    </section>
  );
}

function Conversation() {
  const [isLong, setLong] = useState(false);
  const all = exchanges.value;
  const fresh = all.filter((one) => one.id.startsWith("new-")).length;
  // What was said on this page, a little; of what was said before, the last alone, so that the devices are near.
  const shown = isLong ? all : all.slice(0, Math.min(FEW, Math.max(1, fresh)));
  const more = async () => {
    await recall(MANY).catch(() => undefined);
    setLong(true);
  };
  if (all.length === 0) return <p class="examples">{t("examples")}</p>;
  return (
    <>
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
    <li class="exchange">
      <p class="said">
        <span>{exchange.text}</span>
        {exchange.person && exchange.person !== me.value?.person?.name && <em>{exchange.person}</em>}
        <time>{ago(Math.min(exchange.at, moment.value), moment.value)}</time>
      </p>
      <div class={`reply ${failed ? "bad" : tone(turn)}`}>
        <p>{failed ?? turn?.reply ?? <span class="thinking">{t("thinking")}</span>}</p>
        {question && <Answers question={question} say={(text, shown) => void say(text, shown, turn?.lang)} />}
        {turn && <What turn={turn} />}
        {turn?.turn && (
          <Repair
            id={turn.turn}
            isSaid={!BY_THE_HUB.has(exchange.cause)}
            before={turn.undoable ? <Back id={turn.turn} /> : null}
          />
        )}
      </div>
    </li>
  );
}

/** Takes the turn back, once. */
function Back({ id }: { id: string }) {
  const [isDone, setDone] = useState(false);
  const call = () => {
    setDone(true);
    void undo(id);
  };
  return (
    <button type="button" class="link" disabled={isDone} onClick={call}>
      {t("undo")}
    </button>
  );
}

/** The unfoldable part: what was understood, what was done, and why. */
function What({ turn }: { turn: Turn }) {
  return (
    <details class="what">
      <summary>{t("details")}</summary>
      <div class="chips">
        <span class="chip">
          {t(
            turn.path === "reflex" ? "path_reflex" : turn.path === "general" ? "path_general" : "path_model",
          )}
        </span>
        {turn.confidence !== null && (
          <span class="chip">{t("sure", { n: Math.round(turn.confidence * 100) })}</span>
        )}
        <span class="chip">{t("took", { n: Math.round(turn.ms.total) })}</span>
        {0 < turn.ms.model && <span class="chip">{t("tookModel", { n: Math.round(turn.ms.model) })}</span>}
      </div>
      {0 < turn.intents.length && (
        <>
          <h4>{t("understood")}</h4>
          <ul>
            {turn.intents.map((one, index) => (
              <li key={index}>
                <code>{one.intent}</code>{" "}
                {Object.entries(one.slots)
                  .map(([name, value]) => `${name}: ${plain(value)}`)
                  .join(" · ")}
                {one.when && ` · ${one.when}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {0 < turn.commands.length && (
        <>
          <h4>{t("sent")}</h4>
          <ul class="done">
            {turn.commands.map((one, index) => (
              <li key={index}>
                <span>
                  {entities.value.get(one.entity_id)?.name ?? one.entity_id}{" "}
                  <code>{one.service ? `${one.service} ${data(one.data)}` : one.action}</code>
                </span>
                <Came done={turn.outcomes[index]} />
                {turn.outcomes[index]?.sent?.map((message, at) => (
                  <code key={at} class="message">
                    {message}
                  </code>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
      {0 < turn.trace.length && (
        <>
          <h4>{t("why")}</h4>
          <ol class="trace">
            {turn.trace.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ol>
        </>
      )}
    </details>
  );
}

function Came({ done }: { done: Done | undefined }) {
  if (!done) return null;
  const isGood = ["confirmed", "already", "sent", "late"].includes(done.outcome);
  return (
    <span class={`came ${isGood ? "good" : "bad"}`}>
      {t(`out_${done.outcome}`, { n: seconds(done.late_ms ?? 0) })}
      {done.underway && `, ${t("underway")}`}
      {0 < done.ms && ` · ${t("took", { n: done.ms })}`}
    </span>
  );
}

function tone(turn: Turn | null): string {
  if (!turn) return "";
  if (turn.outcome === "ask") return "asks";
  const missed = turn.outcomes.some((one) => !["confirmed", "already", "sent", "late"].includes(one.outcome));
  return missed || turn.outcome === "refuse" || turn.outcome === "not_understood" ? "bad" : "";
}

function data(values: Record<string, unknown> | undefined): string {
  return Object.entries(values ?? {})
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(", ");
}

function plain(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const FEW = 3;
const MANY = 50;
/** What nobody said can't have been misunderstood. */
const BY_THE_HUB = new Set(["schedule", "routine"]);
