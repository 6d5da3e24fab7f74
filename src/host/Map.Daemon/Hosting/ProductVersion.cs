using System.Reflection;

namespace Map.Daemon.Hosting;

/// <summary>The version of the product.</summary>
internal static class ProductVersion
{
    private const int CommitLength = 12;

    private static readonly string Full =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The version alone, as <c>0.1.0</c>.</summary>
    public static string Short { get; } = Full.Split('+')[0];

    /// <summary>With the commit that it was built from, where that is known.</summary>
    public static string Long { get; } = Full.Split('+') is [var version, { Length: >= CommitLength } commit]
        ? $"{version} ({commit[..CommitLength]})"
        : Short;
}
