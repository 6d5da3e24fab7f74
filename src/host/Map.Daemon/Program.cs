using Map.Daemon.CommandLine;

return await CommandTree.RunAsync(args);
