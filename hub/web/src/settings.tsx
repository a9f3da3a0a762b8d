// What the owner sets: the PIN, the password, tokens for programs.

import { useEffect, useState } from "preact/hooks";
import { get, post, put, remove, spoken } from "./api";
import { Icon } from "./icons";
import { Memory } from "./memory";
import { WhoMayWhat } from "./rules";
import { askMe, me, moment, status, toast } from "./state";
import { ago, t } from "./text";
import type { Token } from "./types";

export function Settings({ logout }: { logout: () => void }) {
  return (
    <main class="settings">
      <h1>
        <a class="round" href="#" aria-label={t("back")}>
          <Icon name="back" />
        </a>
        {t("settings")}
      </h1>
      {me.value?.person?.is_owner && <Pin />}
      {me.value?.person?.is_owner && <WhoMayWhat />}
      <Tokens />
      <Memory />
      <Password />
      <section class="card">
        <h2>{t("about")}</h2>
        <p class="muted">
          {t("aboutText", { version: status.value?.version ?? "", entities: status.value?.entities ?? 0 })}
        </p>
        <p>
          <a href="/api/v1/openapi.json">{t("apiText")}</a>
        </p>
        <button type="button" class="button" onClick={logout}>
          {t("logout")}
        </button>
      </section>
    </main>
  );
}

function Pin() {
  const [pin, setPin] = useState("");
  const [password, setPassword] = useState("");
  const isSet = me.value?.has_pin === true;
  const send = async (next: string | null) => {
    const body = isSet ? { pin: next, password } : { pin: next };
    await told(put("pin", body));
    setPin("");
    setPassword("");
    await askMe().catch(() => undefined);
  };
  return (
    <section class="card">
      <h2>{t("pinTitle")}</h2>
      <p class="muted">
        {t("pinText")} {t(isSet ? "pinIsSet" : "pinIsNotSet")}
      </p>
      <form onSubmit={(event) => (event.preventDefault(), void send(pin))}>
        {isSet && (
          <Secret label={t("password")} value={password} set={setPassword} autocomplete="current-password" />
        )}
        <label class="labelled">
          {t("newPin")}
          <input
            class="field"
            type="password"
            inputMode="numeric"
            autocomplete="off"
            maxLength={12}
            value={pin}
            onInput={(event) => setPin(event.currentTarget.value.replace(/\D/g, ""))}
          />
        </label>
        <div class="row">
          <button class="button primary" disabled={pin.length < 4 || (isSet && !password)}>
            {t("setPin")}
          </button>
          {isSet && (
            <button type="button" class="button" disabled={!password} onClick={() => void send(null)}>
              {t("removePin")}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const send = async (event: Event) => {
    event.preventDefault();
    if (await told(put("password", { old, new: next }))) {
      setOld("");
      setNext("");
    }
  };
  return (
    <section class="card">
      <h2>{t("changePassword")}</h2>
      <form onSubmit={(event) => void send(event)}>
        <Secret label={t("oldPassword")} value={old} set={setOld} autocomplete="current-password" />
        <Secret label={t("newPassword")} value={next} set={setNext} autocomplete="new-password" />
        <small class="muted">{t("passwordHint")}</small>
        <div class="row">
          <button class="button primary" disabled={!old || next.length < 8}>
            {t("change")}
          </button>
        </div>
      </form>
    </section>
  );
}

function Tokens() {
  const [list, setList] = useState<Token[]>([]);
  const [name, setName] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const load = () => get<Token[]>("tokens").then(setList, () => undefined);
  useEffect(() => void load(), []);
  const create = async (event: Event) => {
    event.preventDefault();
    try {
      setMade((await post<{ token: string }>("tokens", { name })).token);
      setName("");
    } catch (error) {
      toast(spoken(error), "bad");
    }
    await load();
  };
  const revoke = async (token: Token) => {
    if (!confirm(t("revokeSure", { name: token.name }))) return;
    await told(remove(`tokens/${token.id}`));
    await load();
  };
  const copy = async (text: string) => {
    // Only pages with TLS or on this machine may use the clipboard; elsewhere the text is selected by hand.
    await navigator.clipboard?.writeText(text).then(
      () => toast(t("copied")),
      () => undefined,
    );
  };
  return (
    <section class="card">
      <h2>{t("tokensTitle")}</h2>
      <p class="muted">{t("tokensText")}</p>
      {0 < list.length && (
        <ul class="tokens">
          {list.map((token) => (
            <li key={token.id}>
              <span>
                {token.name}
                <small>{ago(token.created_ms, moment.value)}</small>
              </span>
              <button type="button" class="button quiet" onClick={() => void revoke(token)}>
                {t("revoke")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="row" onSubmit={(event) => void create(event)}>
        <input
          class="field"
          maxLength={60}
          placeholder={t("tokenName")}
          aria-label={t("tokenName")}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button class="button" disabled={!name.trim()}>
          {t("createToken")}
        </button>
      </form>
      {made && (
        <div class="made" role="status">
          <p>{t("tokenMade")}</p>
          <code>{made}</code>
          {"clipboard" in navigator && navigator.clipboard && (
            <button type="button" class="button" onClick={() => void copy(made)}>
              {t("copy")}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Secret({
  label,
  value,
  set,
  autocomplete,
}: {
  label: string;
  value: string;
  set: (value: string) => void;
  autocomplete: string;
}) {
  return (
    <label class="labelled">
      {label}
      <input
        class="field"
        type="password"
        autocomplete={autocomplete}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

async function told(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    toast(t("saved"));
    return true;
  } catch (error) {
    toast(spoken(error), "bad");
    return false;
  }
}
