// Which screen is shown: the door to those who are not logged in, then what the address says.

import { useEffect, useRef, useState } from "preact/hooks";
import { QuestionDialog } from "../controls/question";
import { type Key, t } from "../i18n/text";
import { seconds } from "../i18n/time";
import { type LateAnswer, follow, onLate } from "../state/connection";
import { exchanges, late, recall } from "../state/conversation";
import { nameOf } from "../state/house";
import { askMe, logout, me } from "../state/login";
import { followRinging } from "../state/ringing";
import { toast } from "../state/toasts";
import { hasUnsaved } from "../state/unsaved";
import { Banners } from "./banners";
import { Header } from "./header";
import { Devices } from "./home/devices";
import { Request } from "./home/request";
import { Login } from "./login";
import { Notices } from "./notices";
import { Planned } from "./planned/planned";
import { Settings } from "./settings/settings";
import { followTitle } from "./title";
import { Toasts } from "./toasts";

export function App() {
  const who = me.value;
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const ask = () =>
      askMe().then(
        () => setAway(false),
        () => setAway(true),
      );
    void ask();
    const again = setInterval(() => me.value === null && void ask(), RETRY_MS);
    return () => clearInterval(again);
  }, []);
  if (!who)
    return (
      <main class="door muted">
        <h1 class="plain">{t(isAway ? "unreachable" : "loading")}</h1>
      </main>
    );
  return who.logged_in ? <House /> : <Login claimed={who.claimed} />;
}

function House() {
  const view = useView();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    const unfollow = follow();
    const silence = followRinging();
    onLate.call = tellLate;
    void recall(RECALLED).catch(() => undefined);
    return () => {
      unfollow();
      silence();
    };
  }, []);
  useEffect(() => followTitle(view), [view]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t("skip")}
      </button>
      <Header view={view} />
      <section aria-label={t("messages")}>
        <Banners />
        <Notices />
      </section>
      <main ref={main} id="content" class={view === "home" ? "home" : `settings ${view}`} tabIndex={-1}>
        <Screen view={view} />
      </main>
      <QuestionDialog />
      <Toasts />
    </>
  );
}

function Screen({ view }: { view: View }) {
  switch (view) {
    case "settings":
      return <Settings logout={() => void logout().then(() => (exchanges.value = []))} />;
    case "planned":
      return <Planned />;
    case "home":
      return (
        <>
          <h1 class="hidden">{t("home")}</h1>
          <Request />
          <Devices />
        </>
      );
  }
}

export type View = "home" | "planned" | "settings";

/** The screen that the address names. What is not saved is asked about before another is shown. */
function useView(): View {
  const [view, setView] = useState(viewOf(location.hash));
  useEffect(() => {
    const turn = (event: HashChangeEvent) => {
      const next = viewOf(location.hash);
      if (hasUnsaved.value && next !== "settings" && !confirm(t("unsavedSure"))) {
        history.replaceState(null, "", new URL(event.oldURL).hash);
        return;
      }
      setView(next);
      scrollTo(0, 0);
    };
    addEventListener("hashchange", turn);
    // Whoever was quicker than this was has turned already.
    setView(viewOf(location.hash));
    return () => removeEventListener("hashchange", turn);
  }, []);
  return view;
}

function viewOf(hash: string): View {
  return hash === "#settings" || hash === "#planned" ? (hash.slice(1) as View) : "home";
}

function tellLate(told: LateAnswer): void {
  exchanges.value = late(exchanges.value, told);
  toast(t("lateToast" satisfies Key, { name: nameOf(told.entity_id), n: seconds(told.late_ms) }));
}

const RETRY_MS = 3_000;
const RECALLED = 12;
