using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Map.Core.Identity;

namespace Map.Core.Tests;

/// <summary>The core runs anywhere: no I/O, no threads, no clock, no randomness, no package.</summary>
public class ArchitectureTests
{
    private static readonly string[] ForbiddenNamespaces = ["System.IO", "System.Net", "System.Threading", "System.Diagnostics.Process", "Microsoft"];

    private static readonly string[] AllowedTypes = ["System.Threading.CancellationToken"];

    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid",
        "System.Guid.CreateVersion7", "System.Environment.get_TickCount64", "System.Environment.GetEnvironmentVariable",
    ];

    private static readonly string[] ForbiddenTypes = ["System.Random", "System.TimeProvider", "System.Security.Cryptography.RandomNumberGenerator", "System.Diagnostics.Stopwatch", "System.Console"];

    [Fact]
    public void The_core_touches_nothing_outside_itself()
    {
        using var stream = File.OpenRead(typeof(LocalId).Assembly.Location);
        using var pe = new PEReader(stream);
        var reader = pe.GetMetadataReader();
        var types = reader.TypeReferences.Select(handle => reader.GetTypeReference(handle))
            .Select(type => (Namespace: reader.GetString(type.Namespace), Name: reader.GetString(type.Name))).ToList();
        var found = types
            .Where(type => !AllowedTypes.Contains($"{type.Namespace}.{type.Name}"))
            .Where(type => ForbiddenNamespaces.Any(each => type.Namespace == each || type.Namespace.StartsWith(each + ".", StringComparison.Ordinal))
                || ForbiddenTypes.Contains($"{type.Namespace}.{type.Name}"))
            .Select(type => $"{type.Namespace}.{type.Name}")
            .Concat(Members(reader).Where(ForbiddenMembers.Contains));
        Assert.Empty(found);
        Assert.True(types.Count > 20, "The test must see the core's references.");
    }

    [Fact]
    public void The_core_depends_on_nothing_of_ours_and_on_no_package()
    {
        var names = typeof(LocalId).Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.All(names, name => Assert.StartsWith("System", name, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Members(MetadataReader reader)
    {
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference) continue;
            var type = reader.GetTypeReference((TypeReferenceHandle)member.Parent);
            yield return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}.{reader.GetString(member.Name)}";
        }
    }
}
