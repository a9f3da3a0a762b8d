// Claiming the hub, and logging in.

import { useState } from "preact/hooks";
import { Failure, post, spoken } from "../api/client";
import { Mark } from "../controls/icons";
import { LangSwitch } from "../controls/lang_switch";
import { t } from "../i18n/text";
import { askMe, me } from "../state/login";

export function Login({ claimed }: { claimed: boolean }) {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!claimed && password !== again) return setWrong(t("passwordsDiffer"));
    setBusy(true);
    setWrong(null);
    try {
      await post(
        claimed ? "login" : "claim",
        claimed ? { password, ...(name.trim() ? { name } : {}) } : { code, password },
      );
      await askMe();
    } catch (error) {
      setWrong(why(error, claimed));
      if (error instanceof Failure && error.status === 409) await askMe().catch(() => undefined);
    }
    setBusy(false);
  };
  return (
    <main class="door">
      <form class="card door-card" onSubmit={(event) => void send(event)}>
        <Mark size={56} />
        <h1>{t(claimed ? "loginTitle" : "claimTitle")}</h1>
        <p class="muted">{t(claimed ? "loginText" : "claimText")}</p>
        {!claimed && (
          <label class="labelled">
            {t("code")}
            <input
              class="field code"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              maxLength={12}
              placeholder="XXXX-XXXX"
              required
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          </label>
        )}
        {claimed && me.value?.named && (
          <label class="labelled">
            {t("loginName")}
            <input
              class="field"
              autocomplete="username"
              maxLength={40}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
        )}
        <label class="labelled">
          {t("password")}
          <input
            class="field"
            type="password"
            autocomplete={claimed ? "current-password" : "new-password"}
            minLength={claimed ? undefined : 8}
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {!claimed && (
          <label class="labelled">
            {t("passwordAgain")}
            <input
              class="field"
              type="password"
              autocomplete="new-password"
              required
              value={again}
              onInput={(event) => setAgain(event.currentTarget.value)}
            />
            <small>{t("passwordHint")}</small>
          </label>
        )}
        <p class="wrong" role="alert">
          {wrong}
        </p>
        <button type="submit" class="button primary wide" disabled={busy}>
          {t(claimed ? "login" : "claim")}
        </button>
        <LangSwitch />
      </form>
    </main>
  );
}

function why(error: unknown, claimed: boolean): string {
  if (error instanceof Failure && error.status === 401) return t(claimed ? "wrongPassword" : "wrongCode");
  if (error instanceof Failure && error.status === 429) return t("waitSeconds", { hint: error.hint ?? "" });
  return spoken(error);
}
