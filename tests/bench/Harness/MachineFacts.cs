using System.Globalization;
using System.Runtime.InteropServices;

namespace Map.Bench.Harness;

/// <summary>What the figures depend on.</summary>
/// <param name="Cores">Logical processors.</param>
/// <param name="Processor">Their model.</param>
/// <param name="MemoryBytes">Memory.</param>
/// <param name="OperatingSystem">Its name and version.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="FileSystem">What the data directories were on.</param>
/// <param name="LoadBefore">The load of the machine over a minute when the run began; negative when not known.</param>
internal sealed record MachineFacts(
    int Cores, string Processor, long MemoryBytes, string OperatingSystem, string Runtime, string FileSystem, double LoadBefore)
{
    public static MachineFacts Read(string scratch) => new(
        Environment.ProcessorCount,
        ProcessorModel(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        DriveInfo.GetDrives().Where(drive => scratch.StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(drive => drive.Name.Length)?.DriveFormat ?? "unknown",
        Load());

    private static string ProcessorModel()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info)) return "unknown";
        var line = File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line?.Split(':', 2)[1].Trim() ?? "unknown";
    }

    private static double Load()
    {
        const string Average = "/proc/loadavg";
        return File.Exists(Average)
            ? double.Parse(File.ReadAllText(Average).Split(' ')[0], CultureInfo.InvariantCulture)
            : -1;
    }
}
