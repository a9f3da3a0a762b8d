// A question and its answers: yes or no, the PIN, or one of several things.

import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Question } from "../api/types";
import { t } from "../i18n/text";
import { submit } from "./submit";
import { answer, asked } from "../state/actions";
import { choiceWords, NO, YES } from "../state/questions";

/** The answers to a question; `say` takes the words and what is shown of them. */
export function Answers({
  question,
  say,
  focus = false,
}: {
  question: Question;
  say: (text: string, shown: string) => void;
  focus?: boolean;
}) {
  if (question.kind === "pin") return <PinField say={say} focus={focus} />;
  if (question.kind === "which") {
    return (
      <div class="answers">
        {question.choices.map((choice, index) => (
          <button
            key={choice.entity_id}
            type="button"
            class="button"
            onClick={() =>
              say(choiceWords(question, index), [choice.area, choice.name].filter(Boolean).join(" · "))
            }
          >
            {choice.name}
            {choice.area && <small>{choice.area}</small>}
          </button>
        ))}
        <button type="button" class="button quiet" onClick={() => say(NO, t("cancel"))}>
          {t("cancel")}
        </button>
      </div>
    );
  }
  return (
    <div class="answers">
      <button type="button" class="button primary" onClick={() => say(YES, t("yes"))}>
        {t("yes")}
      </button>
      <button type="button" class="button" onClick={() => say(NO, t("no"))}>
        {t("no")}
      </button>
    </div>
  );
}

function PinField({ say, focus }: { say: (text: string, shown: string) => void; focus: boolean }) {
  const [pin, setPin] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);
  const send = (event: Event) => {
    event.preventDefault();
    if (pin) say(pin, "••••");
    setPin("");
  };
  return (
    <form class="answers" onSubmit={send}>
      <input
        ref={field}
        class="field pin"
        type="password"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={12}
        placeholder={t("pin")}
        aria-label={t("pinLabel")}
        value={pin}
        onInput={(event) => setPin(event.currentTarget.value.replace(/\D/g, ""))}
      />
      <button type="submit" class="button primary" disabled={pin.length < 4}>
        {t("ok")}
      </button>
      <button type="button" class="button quiet" onClick={() => say(NO, t("cancel"))}>
        {t("cancel")}
      </button>
    </form>
  );
}

/** The question that a control raised. */
export function QuestionDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = asked.value;
  useSignalEffect(() => {
    const now = asked.value;
    if (now && !dialog.current?.open) dialog.current?.showModal();
    if (!now && dialog.current?.open) dialog.current.close();
  });
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="question" onCancel={submit(() => answer(NO))}>
      <p id="question">{now?.reply}</p>
      {now && <Answers question={now.question} focus say={(text) => void answer(text)} />}
    </dialog>
  );
}
