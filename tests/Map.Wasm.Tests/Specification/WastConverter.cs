using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Map.Wasm.Tests.Specification;

/// <summary>
/// Makes commands of a script whose syntax is newer than <c>wast2json</c>: reads the script itself, and has the modules in it
/// parsed by the newer wabt of npm.
/// </summary>
internal sealed class WastConverter(string script, string directory)
{
    private readonly List<SpecCommand> _commands = [];
    private readonly string _name = Path.GetFileNameWithoutExtension(script);

    /// <summary>Converts the script and returns the path of its commands.</summary>
    public string Convert()
    {
        var modules = Directory.CreateDirectory(Path.Combine(directory, _name)).FullName;
        foreach (var node in new WastReader(File.ReadAllText(script)).ReadAll()) _commands.Add(ToCommand(node, modules));
        NodeTools.Run("wat2wasm.mjs", modules);
        var path = Path.Combine(directory, _name + ".json");
        File.WriteAllText(path, JsonSerializer.Serialize(new SpecScript { Commands = [.. _commands] }, SpecScript.Options));
        return path;
    }

    private SpecCommand ToCommand(WastNode node, string modules)
    {
        var items = node.Items!;
        var command = new SpecCommand { Type = node.Head, Line = node.Line };
        switch (node.Head)
        {
            case "module":
                return command with { Filename = WriteModule(node, modules), Name = items.Count > 1 && items[1].Text[0] == '$' ? items[1].Text : null };
            case "register":
                return command with { As = Text(items[1]) };
            case "invoke" or "get":
                return command with { Type = "action", Action = ToAction(node) };
            case "assert_return":
                return command with { Action = ToAction(items[1]), Expected = [.. items.Skip(2).Select(ToValue)] };
            case "assert_trap" or "assert_exhaustion" when items[1].Head is "invoke":
                return command with { Action = ToAction(items[1]), Text = Text(items[2]) };
            case "assert_malformed" when items[1].Items![1].Text == "quote":
                return command with { ModuleType = "text", Text = Text(items[2]) };
            default:
                return command with { Filename = WriteModule(items[1], modules), Text = Text(items[2]), ModuleType = "binary" };
        }
    }

    private string WriteModule(WastNode module, string modules)
    {
        var isQuoted = module.Items!.Count > 1 && module.Items[1].Text == "quote";
        var text = isQuoted ? Encoding.UTF8.GetString([.. module.Items.Skip(2).SelectMany(part => part.Unescaped().Append((byte)' '))]) : module.Text;
        File.WriteAllText(Path.Combine(modules, $"{_commands.Count}.wat"), text);
        return Path.Combine(_name, $"{_commands.Count}.wasm");
    }

    private static string Text(WastNode node) => Encoding.UTF8.GetString(node.Unescaped());

    private static SpecAction ToAction(WastNode node)
    {
        var items = node.Items!;
        var hasModule = !items[1].IsString;
        return new SpecAction
        {
            Type = node.Head,
            Module = hasModule ? items[1].Text : null,
            Field = Text(items[hasModule ? 2 : 1]),
            Args = [.. items.Skip(hasModule ? 3 : 2).Select(ToValue)],
        };
    }

    private static SpecValue ToValue(WastNode node)
    {
        var word = node.Items!.Count > 1 ? node.Items[1].Text : null;
        return node.Head switch
        {
            "i32.const" => new SpecValue { Type = "i32", Value = ((uint)(Integer(word!) & uint.MaxValue)).ToString(CultureInfo.InvariantCulture) },
            "i64.const" => new SpecValue { Type = "i64", Value = ((ulong)(Integer(word!) & ulong.MaxValue)).ToString(CultureInfo.InvariantCulture) },
            "f32.const" => new SpecValue { Type = "f32", Value = BitConverter.SingleToUInt32Bits(float.Parse(word!, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture) },
            "f64.const" => new SpecValue { Type = "f64", Value = BitConverter.DoubleToUInt64Bits(double.Parse(word!, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture) },
            "ref.null" => new SpecValue { Type = word == "func" ? "funcref" : "externref", Value = "null" },
            "ref.extern" => new SpecValue { Type = "externref", Value = word },
            "ref.func" => new SpecValue { Type = "funcref" },
            _ => throw new FormatException(node.Text),
        };
    }

    private static BigInteger Integer(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal).TrimStart('-', '+');
        var value = digits.StartsWith("0x", StringComparison.Ordinal)
            ? BigInteger.Parse("0" + digits[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        return text[0] == '-' ? -value : value;
    }
}
