// The unfoldable part of a turn: what was understood, what was done, and why.

import type { Command, Outcome, Turn } from "../../api/types";
import { type Key, t } from "../../i18n/text";
import { seconds } from "../../i18n/time";
import { nameOf } from "../../state/house";

export function TurnDetails({ turn }: { turn: Turn }) {
  return (
    <details class="what">
      <summary>{t("details")}</summary>
      <div class="chips">
        <span class="chip">{t(PATHS[turn.path] ?? "path_model")}</span>
        {turn.confidence !== null && (
          <span class="chip">{t("sure", { n: Math.round(turn.confidence * 100) })}</span>
        )}
        <span class="chip">{t("took", { n: Math.round(turn.ms.total) })}</span>
        {0 < turn.ms.model && <span class="chip">{t("tookModel", { n: Math.round(turn.ms.model) })}</span>}
      </div>
      {0 < turn.intents.length && <Intents turn={turn} />}
      {0 < turn.commands.length && (
        <>
          <h3>{t("sent")}</h3>
          <ul class="done">
            {turn.commands.map((command, index) => (
              <Step key={index} command={command} outcome={turn.outcomes[index]} />
            ))}
          </ul>
        </>
      )}
      {0 < turn.trace.length && (
        <>
          <h3>{t("why")}</h3>
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

/** Whether a step of it did not come to what it should. */
export function hasMissed(turn: Turn): boolean {
  return turn.outcomes.some((one) => !GOOD.has(one.outcome));
}

function Intents({ turn }: { turn: Turn }) {
  return (
    <>
      <h3>{t("understood")}</h3>
      <ul>
        {turn.intents.map((intent, index) => (
          <li key={index}>
            <code>{intent.intent}</code>{" "}
            {Object.entries(intent.slots)
              .map(([name, value]) => `${name}: ${plain(value)}`)
              .join(" · ")}
            {intent.when && ` · ${intent.when}`}
          </li>
        ))}
      </ul>
    </>
  );
}

function Step({ command, outcome }: { command: Command; outcome: Outcome | undefined }) {
  return (
    <li>
      <span>
        {nameOf(command.entity_id)}{" "}
        <code>{command.service ? `${command.service} ${data(command.data)}` : command.action}</code>
      </span>
      {outcome && <Came outcome={outcome} />}
      {outcome?.sent?.map((message, at) => (
        <code key={at} class="message">
          {message}
        </code>
      ))}
    </li>
  );
}

function Came({ outcome }: { outcome: Outcome }) {
  return (
    <span class={`came ${GOOD.has(outcome.outcome) ? "good" : "bad"}`}>
      {t(`out_${outcome.outcome}`, { n: seconds(outcome.late_ms ?? 0) })}
      {outcome.underway && `, ${t("underway")}`}
      {0 < outcome.ms && ` · ${t("took", { n: outcome.ms })}`}
    </span>
  );
}

function data(values: Record<string, unknown> | undefined): string {
  return Object.entries(values ?? {})
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(", ");
}

function plain(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const PATHS: Record<string, Key> = { reflex: "path_reflex", general: "path_general" };
const GOOD = new Set<Outcome["outcome"]>(["confirmed", "already", "sent", "late"]);
