// The PIN for locks and alarms.

import { useState } from "preact/hooks";
import { put } from "../../api/client";
import { t } from "../../i18n/text";
import { askMe, me } from "../../state/login";
import { tellSaved } from "./saved";
import { Secret } from "./secret";
import { submit } from "../../controls/submit";

export function Pin() {
  const [pin, setPin] = useState("");
  const [password, setPassword] = useState("");
  const isSet = me.value?.has_pin === true;
  const send = async (next: string | null) => {
    const body = isSet ? { pin: next, password } : { pin: next };
    await tellSaved(put("pin", body));
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
      <form onSubmit={submit(() => send(pin))}>
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
          <button type="submit" class="button primary" disabled={pin.length < 4 || (isSet && !password)}>
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
