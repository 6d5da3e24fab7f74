using System.CommandLine;
using Map.Bench;

// Long enough to stop the server and to remove what was made, also after Ctrl+C.
var termination = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await CommandTree.Build().Parse(args).InvokeAsync(termination);
