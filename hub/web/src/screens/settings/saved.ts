// Saves something and says so.

import { spoken } from "../../api/client";
import { t } from "../../i18n/text";
import { toast } from "../../state/toasts";

/** Waits for a call and tells how it went. Whether it went well. */
export async function tellSaved(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    toast(t("saved"));
    return true;
  } catch (error) {
    toast(spoken(error), "bad");
    return false;
  }
}
