using Map.Daemon.CommandLine;

return await CommandTree.Build().Parse(args).InvokeAsync();
