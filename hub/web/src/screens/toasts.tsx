// What is said for a moment, at the foot of the page.

import { Icon } from "../controls/icons";
import { type Toast, dropToast, toasts } from "../state/toasts";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <Row key={one.id} toast={one} />
      ))}
    </div>
  );
}

function Row({ toast }: { toast: Toast }) {
  const { act } = toast;
  const press = () => {
    act?.call();
    dropToast(toast.id);
  };
  return (
    <div class={`toast ${toast.tone}`}>
      <button type="button" class="toast-text" onClick={() => dropToast(toast.id)}>
        {toast.tone === "bad" && <Icon name="warning" />}
        <span>{toast.text}</span>
      </button>
      {act && (
        <button type="button" class="button" onClick={press}>
          {act.word}
        </button>
      )}
    </div>
  );
}
