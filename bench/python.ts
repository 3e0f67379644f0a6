// A rival in Python: a process that answers one line for one line, so that it is measured in turn with ours.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Debian's Python: a virtual environment's on the PATH need not have its packages. */
const python = '/usr/bin/python3';

export interface PythonRival {
  /** The first line, e.g. a version. */
  readonly greeting: string;
  ask(line: string): Promise<string>;
  stop(): void;
}

/** Starts a script; undefined where Python or a package that it needs is missing (it then ends without a greeting). */
export async function startPython(
  script: string,
  args: readonly string[] = [],
): Promise<PythonRival | undefined> {
  const child = spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | undefined> => {
    const line = await Promise.race([lines.next(), ended]);
    return line === undefined || line.done ? undefined : line.value;
  };
  const greeting = await nextLine();
  if (greeting === undefined) return undefined;
  return {
    greeting,
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const answer = await nextLine();
      if (answer === undefined) throw new Error(`${script} ended instead of answering.`);
      return answer;
    },
    stop: () => child.stdin.end(),
  };
}
