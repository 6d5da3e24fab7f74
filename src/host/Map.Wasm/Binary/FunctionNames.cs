namespace Map.Wasm.Binary;

/// <summary>Names of functions, from the custom section "name". What is malformed in it is ignored, as the specification asks.</summary>
internal sealed class FunctionNames
{
    public static readonly FunctionNames None = new();

    private const byte ModuleNameSection = 0;
    private const byte FunctionNameSection = 1;
    private const int MaxShownLength = 200;

    private readonly Dictionary<int, string> _names = [];

    /// <summary>The name of the module itself, or null.</summary>
    public string? Module { get; private set; }

    /// <summary>The name of a function, or null.</summary>
    public string? Of(int function) => _names.GetValueOrDefault(function);

    public static FunctionNames Read(byte[] content, ModuleLimits limits)
    {
        var names = new FunctionNames();
        try
        {
            names.ReadAll(new ByteCursor(content, 0, content.Length), limits);
        }
        catch (ModuleException)
        {
            // Names serve people; a module is not worse for broken ones.
        }

        return names;
    }

    private void ReadAll(ByteCursor cursor, ModuleLimits limits)
    {
        while (!cursor.IsAtEnd)
        {
            var id = cursor.ReadByte();
            var section = cursor.Slice(cursor.ReadU32());
            if (id == ModuleNameSection) Module = Shown(section.ReadName(limits.MaxNameBytes));
            if (id == FunctionNameSection) ReadFunctions(section, limits);
        }
    }

    private void ReadFunctions(ByteCursor section, ModuleLimits limits)
    {
        var count = section.ReadCount("function names", limits.MaxFunctions);
        for (var i = 0; i < count; i++) _names[(int)section.ReadU32()] = Shown(section.ReadName(limits.MaxNameBytes));
    }

    /// <summary>Fit for a line of a backtrace.</summary>
    private static string Shown(string name)
    {
        var clean = string.Concat(name.Select(each => char.IsControl(each) ? '?' : each));
        return clean.Length <= MaxShownLength ? clean : clean[..MaxShownLength];
    }
}
