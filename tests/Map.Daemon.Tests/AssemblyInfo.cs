using System.Runtime.Versioning;

// Signals, unix sockets and file modes: the way the daemon runs on Linux.
[assembly: UnsupportedOSPlatform("windows")]
