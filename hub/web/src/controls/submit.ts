// What a form does instead of sending itself.

export function submit(run: () => unknown): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    run();
  };
}
