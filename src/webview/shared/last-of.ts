/** Remembers the last result of a function, by the identity of its arguments. */
export function lastOf<A extends readonly unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (last?.args.every((one, index) => Object.is(one, args[index])) !== true)
      last = { args, result: make(...args) };
    return last.result;
  };
}
