using Map.Wasm.Cli;

return CommandTree.Build().Parse(args).Invoke();
