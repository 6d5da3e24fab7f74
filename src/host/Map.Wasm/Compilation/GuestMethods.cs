using System.Reflection;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>What compiled things are called, so that a stack trace tells which functions of a guest are on it.</summary>
internal static class GuestMethods
{
    /// <summary>Of the assembly of every compiled module. It has the friendship of this one.</summary>
    public const string AssemblyName = "Map.Wasm.Guest";

    public const string CreateName = "Create";

    private const char Separator = ' ';

    /// <summary>The name of the method of a function: its index, and what the name section or an export calls it.</summary>
    public static string NameOf(ModuleDefinition module, int index) => $"{index}{Separator}{module.Names.Of(index)}";

    /// <summary>The frame of a method, or null when it is not a guest's.</summary>
    public static BacktraceFrame? Describe(MethodBase? method)
    {
        if (method?.DeclaringType?.Assembly.GetName().Name != AssemblyName) return null;
        var parts = method.Name.Split(Separator, 2);
        return parts.Length == 2 ? new BacktraceFrame(int.Parse(parts[0]), parts[1].Length > 0 ? parts[1] : null) : null;
    }
}
