using System.Text;
using Map.Core.Dancing;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Hub.Dances;

/// <summary>
/// Answers a text that shows a holon with its properties and the members of its relationships, and these in the same way
/// as deep as it is asked. Changes nothing.
/// </summary>
internal sealed class OutlineDance : IBuiltinDance
{
    private const int MaxLines = 1_000;
    private const int MaxValue = 200;

    public string Name => "Outline";

    public DanceResponse Run(BuiltinCall call)
    {
        var depth = call.Request is { } request && call.Editor.View.Resolve(request).Properties["Depth"] is IntegerValue asked ? asked.Value : 1;
        var outline = new Outline(call.Editor.View, call.Cancellation);
        outline.Add(call.Affording, "", depth);
        return new DanceValue(new StringValue(outline.ToString()));
    }

    private sealed class Outline(TransactionView view, CancellationToken cancellation)
    {
        private readonly StringBuilder _text = new();
        private int _lines;

        public override string ToString() => _lines > MaxLines ? $"{_text}... and more\n" : _text.ToString();

        public void Add(HolonReference reference, string indent, long depth)
        {
            cancellation.ThrowIfCancellationRequested();
            var holon = view.Resolve(reference);
            var type = holon.Descriptor is { } descriptor ? $", {view.Display(descriptor)}" : "";
            Line($"{indent}{view.Display(holon.Id)}{type}");
            if (depth == 0 || _lines > MaxLines) return;
            foreach (var (name, value) in holon.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
                if (name != Names.Key) Line($"{indent}  {name}: {Cut(Show(value))}");
            foreach (var (name, members) in view.DeclaredMembers(holon))
            {
                var before = _lines;
                foreach (var member in members)
                {
                    if (_lines > MaxLines) return;
                    if (_lines == before) Line($"{indent}  {name}:");
                    Add(member, $"{indent}    ", depth - 1);
                }
            }
        }

        private void Line(string line)
        {
            if (++_lines <= MaxLines) _text.Append(line).Append('\n');
        }

        private static string Cut(string text) => text.Length <= MaxValue ? text : $"{text[..MaxValue]}...";

        private static string Show(BaseValue value) =>
            value is BytesValue ? ValueText.Show(value) : ValueText.Of(value).ReplaceLineEndings(" ");
    }
}
