// Tokens, with which programs use the interface.

import { useState } from "preact/hooks";
import { post, remove, spoken } from "../../api/client";
import type { Token } from "../../api/types";
import { t } from "../../i18n/text";
import { ago } from "../../i18n/time";
import { useLoaded } from "../../state/loaded";
import { moment } from "../../state/moment";
import { toast } from "../../state/toasts";
import { tellSaved } from "./saved";

export function Tokens() {
  const [made, setMade] = useState<string | null>(null);
  const [list, load] = useLoaded<Token[]>("tokens");
  const revoke = async (token: Token) => {
    if (!confirm(t("revokeSure", { name: token.name }))) return;
    await tellSaved(remove(`tokens/${token.id}`));
    await load();
  };
  const take = (token: string) => {
    setMade(token);
    void load();
  };
  return (
    <section class="card">
      <h2>{t("tokensTitle")}</h2>
      <p class="muted">{t("tokensText")}</p>
      {list && 0 < list.length && (
        <ul class="tokens">
          {list.map((token) => (
            <li key={token.id}>
              <span>
                {token.name}
                <small>{ago(token.created_ms, moment.value)}</small>
              </span>
              <button
                type="button"
                class="button quiet"
                aria-label={`${t("revoke")}: ${token.name}`}
                onClick={() => void revoke(token)}
              >
                {t("revoke")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <NewToken made={take} />
      {made && <Made token={made} />}
    </section>
  );
}

function NewToken({ made }: { made: (token: string) => void }) {
  const [name, setName] = useState("");
  const create = async (event: Event) => {
    event.preventDefault();
    try {
      made((await post<{ token: string }>("tokens", { name })).token);
      setName("");
    } catch (error) {
      toast(spoken(error), "bad");
    }
  };
  return (
    <form class="row" onSubmit={(event) => void create(event)}>
      <input
        class="field"
        maxLength={60}
        placeholder={t("tokenName")}
        aria-label={t("tokenName")}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={!name.trim()}>
        {t("createToken")}
      </button>
    </form>
  );
}

/** A fresh token. Only pages with TLS or on this machine may use the clipboard; elsewhere it is selected by hand. */
function Made({ token }: { token: string }) {
  const copy = () =>
    navigator.clipboard.writeText(token).then(
      () => toast(t("copied")),
      () => undefined,
    );
  return (
    <div class="made" role="status">
      <p>{t("tokenMade")}</p>
      <code>{token}</code>
      {"clipboard" in navigator && navigator.clipboard && (
        <button type="button" class="button" onClick={() => void copy()}>
          {t("copy")}
        </button>
      )}
    </div>
  );
}
