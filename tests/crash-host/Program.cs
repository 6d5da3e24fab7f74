using System.CommandLine;
using Map.Crash.Host;

return await HostCommand.Build().Parse(args).InvokeAsync();
