using Map.Core.Values;
using Map.Guests.Abi;
using Map.Guests.Tests.Building;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Fuzzing;

/// <summary>Makes random host calls, with arguments that often mean something.</summary>
internal sealed class RandomScripts(Random random)
{
    private const int MostSteps = 12;

    private static readonly string[] Texts =
        ["Title", "Key", "Pages", "TypeName", "One", "Two", "Ann", Book, Item, Person, Authors, AuthorOf, Parts, Similar, "Friends", "Extends",
         "DescribedBy", "Instances", "Owns", "Script", "", "...", "\0", "Ω"];

    public Script Next()
    {
        var script = new Script { Tells = false };
        var results = new List<Argument> { Script.Given };
        results.Add(script.Call("affording_holon"));
        results.Add(script.Call("holon_type", results[1]));
        results.Add(script.Call("new_holon", 0));
        results.Add(script.Call("related", [results[1], .. script.Text(Authors)]));
        var steps = random.Next(1, MostSteps);
        for (var i = 0; i < steps; i++)
        {
            var import = GuestInterface.Imports[random.Next(GuestInterface.Imports.Count)];
            results.Add(script.Call(import.Name, Arguments(import, script, results)));
        }

        if (random.Next(20) == 0) script.Return(random.Next(-2, 3));
        return script;
    }

    private Argument[] Arguments(GuestImport import, Script script, List<Argument> results)
    {
        var arguments = new Argument[import.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (random.Next(25) == 0)
            {
                arguments[i] = Number();
            }
            else if (IsAddress(import.Parameters[i]))
            {
                Place(import.Parameters[i], script).CopyTo(arguments, i);
                i++;
            }
            else
            {
                arguments[i] = import.Parameters[i] switch
                {
                    "subtypes" or "level" => random.Next(3),
                    "type" when random.Next(2) == 0 => random.Next(2) == 0 ? 0 : results[2],
                    _ => results[random.Next(results.Count)],
                };
            }
        }

        return arguments;
    }

    private static bool IsAddress(string parameter) => parameter is "name" or "buffer" or "value" or "key" or "code" or "message" or "member";

    private Argument[] Place(string parameter, Script script) => parameter switch
    {
        "buffer" => script.Buffer(random.Next(30)),
        "value" when random.Next(4) > 0 => script.Value(Value()),
        "value" => script.Bytes([.. Enumerable.Range(0, random.Next(10)).Select(_ => (byte)random.Next(256))]),
        _ => script.Text(Texts[random.Next(Texts.Length)]),
    };

    private BaseValue Value() => random.Next(5) switch
    {
        0 => new IntegerValue(random.NextInt64()),
        1 => new BooleanValue(true),
        2 => new ArrayValue([new StringValue("a"), new StringValue("b")]),
        3 => new StringValue(new string('x', random.Next(2_000))),
        _ => new StringValue(Texts[random.Next(Texts.Length)]),
    };

    private int Number() => random.Next(6) switch
    {
        0 => 0,
        1 => random.Next(-10, 10),
        2 => random.Next(),
        3 => -random.Next(),
        4 => (1 << 16) | random.Next(10),
        _ => random.Next(0, 40 * 65_536),
    };
}
