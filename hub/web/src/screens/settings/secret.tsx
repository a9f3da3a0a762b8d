// A field for a password or a PIN.

export function Secret({
  label,
  value,
  set,
  autocomplete,
}: {
  label: string;
  value: string;
  set: (value: string) => void;
  autocomplete: "current-password" | "new-password";
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
