// The page: the door, then the home.

import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onLoggedOut, post } from "./api";
import { Banners } from "./banners";
import { Devices } from "./devices";
import { Icon, Mark } from "./icons";
import { LangSwitch } from "./lang";
import { Login } from "./login";
import { Notices } from "./notices";
import { Planned } from "./planned";
import { QuestionDialog } from "./question";
import { Request } from "./request";
import { Settings } from "./settings";
import { askMe, dropToast, entities, follow, link, me, onLate, status, toast, toasts } from "./state";
import { exchanges, late, recall } from "./talk";
import { lang, seconds, t } from "./text";
import "./style.css";

function Page() {
  const who = me.value;
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const ask = () =>
      askMe().then(
        () => setAway(false),
        () => setAway(true),
      );
    void ask();
    const again = setInterval(() => me.value === null && void ask(), 3_000);
    return () => clearInterval(again);
  }, []);
  if (!who) return <main class="door muted">{isAway ? t("unreachable") : t("loading")}</main>;
  return who.logged_in ? <Home /> : <Login claimed={who.claimed} />;
}

function Home() {
  const [view, setView] = useState(location.hash);
  useEffect(() => {
    const turn = () => setView(location.hash);
    addEventListener("hashchange", turn);
    const unfollow = follow();
    void recall(12).catch(() => undefined);
    return () => {
      removeEventListener("hashchange", turn);
      unfollow();
    };
  }, []);
  const isSettings = view === "#settings";
  return (
    <>
      <a class="skip" href="#devices">
        {t("skip")}
      </a>
      <header class="top">
        <a class="brand" href="#">
          <Mark />
          <span>Hearth</span>
        </a>
        <span
          class={`dot ${link.value === "up" && status.value?.broker ? "good" : link.value === "starting" ? "" : "bad"}`}
          aria-hidden="true"
        />
        <nav>
          <LangSwitch />
          <a
            class="round"
            href={view === "#planned" ? "#" : "#planned"}
            aria-label={t(view === "#planned" ? "home" : "planned")}
            title={t(view === "#planned" ? "home" : "planned")}
          >
            <Icon name={view === "#planned" ? "home" : "timer"} />
          </a>
          <a
            class="round"
            href={isSettings ? "#" : "#settings"}
            aria-label={t(isSettings ? "home" : "settings")}
            title={t(isSettings ? "home" : "settings")}
          >
            <Icon name={isSettings ? "home" : "gear"} />
          </a>
        </nav>
      </header>
      <Banners />
      <Notices />
      {isSettings ? (
        <Settings logout={() => void logout()} />
      ) : view === "#planned" ? (
        <Planned />
      ) : (
        <main class="home">
          <Request />
          <Devices />
        </main>
      )}
      <QuestionDialog />
      <Toasts />
    </>
  );
}

function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast ${one.tone}`}>
          <button type="button" class="toast-text" onClick={() => dropToast(one.id)}>
            {one.tone === "bad" && <Icon name="warning" />}
            <span>{one.text}</span>
          </button>
          {one.act && (
            <button type="button" class="button" onClick={() => (one.act?.call(), dropToast(one.id))}>
              {one.act.word}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

async function logout(): Promise<void> {
  await post("logout", {}).catch(() => undefined);
  exchanges.value = [];
  location.hash = "";
  await askMe().catch(() => undefined);
}

onLoggedOut.call = () => {
  if (me.value?.logged_in) me.value = { ...me.value, logged_in: false };
};
onLate.call = (told) => {
  exchanges.value = late(exchanges.value, told);
  toast(
    t("lateToast", {
      name: entities.value.get(told.entity_id)?.name ?? told.entity_id,
      n: seconds(told.late_ms),
    }),
  );
};
effect(() => {
  document.documentElement.lang = lang.value === "zh" ? "zh-Hans" : "en";
});
const page = document.getElementById("page");
if (page) render(<Page />, page);
