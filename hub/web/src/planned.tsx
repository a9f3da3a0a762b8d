// What is planned: timers, alarms, reminders, schedules and routines, each with its next time.

import { useEffect, useState } from "preact/hooks";
import { patch, post, remove, spoken } from "./api";
import { Icon } from "./icons";
import { areaNames, loadSchedules, moment, schedules, timers, toast } from "./state";
import { ask, control, undo } from "./talk";
import { type Key, lang, t, until } from "./text";
import { clock } from "./timers";
import type { Schedule, Timer, Turn } from "./types";

/** The kinds in the order in which they are shown. */
export const KINDS = ["alarm", "reminder", "action", "routine"] as const;

export function Planned() {
  useEffect(() => void loadSchedules(), [lang.value]);
  const all = schedules.value;
  const running = timers.value.list;
  return (
    <main class="settings planned">
      <h1>
        <a class="round" href="#" aria-label={t("back")}>
          <Icon name="back" />
        </a>
        {t("planned")}
      </h1>
      {all.length + running.length === 0 && <p class="empty card">{t("nothingPlanned")}</p>}
      {0 < running.length && (
        <section class="card">
          <h2>{t("timers")}</h2>
          <ul class="plans">
            {running.map((timer) => (
              <TimerRow key={timer.id} timer={timer} />
            ))}
          </ul>
        </section>
      )}
      {KINDS.map((kind) => {
        const own = inOrder(all.filter((one) => one.kind === kind));
        if (own.length === 0) return null;
        return (
          <section key={kind} class="card">
            <h2>{t(`kind_${kind}` as Key)}</h2>
            <ul class="plans">
              {own.map((one) => (
                <Plan key={one.id} plan={one} />
              ))}
            </ul>
          </section>
        );
      })}
    </main>
  );
}

/** The soonest first; what waits for something has no time and comes by name. */
export function inOrder(plans: Schedule[]): Schedule[] {
  return [...plans].sort(
    (one, other) =>
      (one.due_ms ?? Infinity) - (other.due_ms ?? Infinity) || one.title.localeCompare(other.title),
  );
}

function Plan({ plan }: { plan: Schedule }) {
  const [isEdited, setEdited] = useState(false);
  const turn = () =>
    post(`schedules/${plan.id}/${plan.paused ? "resume" : "pause"}`, {}).then(
      () => loadSchedules(),
      (error: unknown) => toast(spoken(error), "bad"),
    );
  const notes = [
    plan.paused ? t("timerPaused") : "",
    plan.name && plan.kind === "alarm" ? plan.name : "",
    areaNames.value.get(plan.area ?? "") ?? "",
    plan.repeated && !plan.paused && plan.due_ms !== null
      ? t("nextTime", { when: until(plan.due_ms, moment.value) })
      : "",
  ];
  const title = lang.value === "en" ? plan.title.charAt(0).toUpperCase() + plan.title.slice(1) : plan.title;
  return (
    <li class={plan.rings ? "plan rings" : "plan"}>
      <div class="plan-head">
        <Icon name={plan.kind === "routine" ? "scene" : plan.kind === "action" ? "timer" : "bell"} />
        <span class="plan-text">
          {title}
          <small>{notes.filter(Boolean).join(" · ")}</small>
        </span>
      </div>
      <div class="row">
        <button
          type="button"
          class="button quiet"
          aria-expanded={isEdited}
          onClick={() => setEdited(!isEdited)}
        >
          {t(plan.kind === "routine" ? "changeCondition" : "changeTime")}
        </button>
        <button type="button" class="button quiet" onClick={() => void turn()}>
          {t(plan.paused ? "resume" : "pause")}
        </button>
        <button type="button" class="button quiet" onClick={() => void takeAway(`schedules/${plan.id}`)}>
          {t("delete")}
        </button>
      </div>
      {isEdited && <Retime plan={plan} done={() => setEdited(false)} />}
    </li>
  );
}

/** Another time in words: read back first, then kept. */
function Retime({ plan, done }: { plan: Schedule; done: () => void }) {
  const [words, setWords] = useState("");
  const [read, setRead] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  const send = async (keep: boolean) => {
    setWrong("");
    try {
      const said = control();
      const back = await patch<{ title: string; turn: Turn | null }>(
        `schedules/${plan.id}?conversation=${said}&lang=${lang.value}`,
        { when: words, keep },
      );
      if (!keep) return setRead(back.title);
      if (back.turn) ask(back.turn, said);
      await loadSchedules();
      done();
    } catch (error) {
      setRead(null);
      setWrong(spoken(error));
    }
  };
  return (
    <form class="retime" onSubmit={(event) => (event.preventDefault(), void send(false))}>
      <label class="labelled">
        {t(plan.kind === "routine" || plan.kind === "action" ? "whenOrTime" : "newTime")}
        <input
          class="field"
          maxLength={200}
          placeholder={plan.when}
          value={words}
          onInput={(event) => (setWords(event.currentTarget.value), setRead(null))}
        />
      </label>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      {read === null ? (
        <div class="row">
          <button class="button primary" disabled={!words.trim()}>
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

/** Snooze and stop, for what rings. */
export function Quiet({ id }: { id: string }) {
  const send = (path: string, body: unknown) =>
    post(`schedules/${id}/${path}`, body).then(
      () => loadSchedules(),
      (error: unknown) => toast(spoken(error), "bad"),
    );
  return (
    <>
      <button type="button" class="button primary" onClick={() => void send("stop", {})}>
        {t("stop")}
      </button>
      <button type="button" class="button" onClick={() => void send("snooze", { minutes: SNOOZE_MIN })}>
        {t("snooze", { n: SNOOZE_MIN })}
      </button>
    </>
  );
}

function TimerRow({ timer }: { timer: Timer }) {
  const passed = timer.active ? Math.max(0, Math.floor((moment.value - timers.value.at) / 1000)) : 0;
  const change = (body: unknown) =>
    post(`timers/${timer.id}?lang=${lang.value}`, body).catch((error: unknown) =>
      toast(spoken(error), "bad"),
    );
  return (
    <li class="plan">
      <div class="plan-head">
        <Icon name="timer" />
        <span class="plan-text">
          {timer.name ?? t("timer")}
          <small>
            {[areaNames.value.get(timer.area ?? ""), timer.active ? "" : t("timerPaused")]
              .filter(Boolean)
              .join(" · ")}
          </small>
        </span>
        <strong role="timer">{clock(Math.max(0, timer.left_s - passed))}</strong>
      </div>
      <div class="row">
        <button
          type="button"
          class="button quiet"
          onClick={() => void change(timer.active ? "pause" : "resume")}
        >
          {t(timer.active ? "pause" : "resume")}
        </button>
        <button type="button" class="button quiet" onClick={() => void change({ add_s: 60 })}>
          {t("oneMinute")}
        </button>
        <button type="button" class="button quiet" onClick={() => void takeAway(`timers/${timer.id}`)}>
          {t("delete")}
        </button>
      </div>
    </li>
  );
}

async function takeAway(path: string): Promise<void> {
  try {
    const turn = await remove<Turn>(`${path}?lang=${lang.value}`);
    await loadSchedules();
    if (turn.outcome !== "act" || !turn.turn) return toast(turn.reply, "bad");
    const id = turn.turn;
    toast(turn.reply, "plain", { word: t("undo"), call: () => void undo(id).then(loadSchedules) });
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

const SNOOZE_MIN = 10;
