// `await using` needs these symbols; Node before 20.5 and some browsers do not have them.
const symbols = Symbol as { asyncDispose?: symbol; dispose?: symbol };
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (symbols[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) });
}
