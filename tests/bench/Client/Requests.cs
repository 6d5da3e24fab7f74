using Google.Protobuf;
using Map.V1;

namespace Map.Bench.Client;

/// <summary>Commands in their envelopes.</summary>
internal static class Requests
{
    public static MapRequest Query(TransactionId transaction, QueryCommand query) =>
        new() { Name = "bench", TransactionId = transaction, Command = new CommandBody { Query = query } };

    public static MapRequest Mutation(TransactionId transaction, MutationCommand mutation) =>
        new() { Name = "bench", TransactionId = transaction, Command = new CommandBody { Mutation = mutation } };

    public static MapRequest PropertyValue(TransactionId transaction, HolonReference holon, string name) =>
        Query(transaction, new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = holon, Name = name } });

    public static MapRequest GetByKey(TransactionId transaction, string key) =>
        Query(transaction, new QueryCommand { GetByKey = new GetByKeyQuery { Key = key } });

    public static MapRequest Related(TransactionId transaction, HolonReference holon, string name, uint size) => Query(
        transaction,
        new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = new PageRequest { Size = size } } });

    public static MapRequest Traverse(TransactionId transaction, TraverseQuery query) =>
        Query(transaction, new QueryCommand { Traverse = query });

    public static MapRequest StageVersion(TransactionId transaction, HolonReference holon) =>
        Mutation(transaction, new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = holon } });

    public static MapRequest AddRelated(
        TransactionId transaction, HolonReference holon, string name, IEnumerable<HolonReference> targets) => Mutation(
        transaction,
        new MutationCommand { AddRelatedHolons = new AddRelatedHolonsCommand { Holon = holon, Name = name, Targets = { targets } } });

    public static MapRequest RemoveRelated(
        TransactionId transaction, HolonReference holon, string name, IEnumerable<HolonReference> targets) => Mutation(
        transaction,
        new MutationCommand { RemoveRelatedHolons = new RemoveRelatedHolonsCommand { Holon = holon, Name = name, Targets = { targets } } });

    public static MapRequest SetEffort(TransactionId transaction, HolonReference holon, long effort)
    {
        var command = new WithPropertyValueCommand { Holon = holon };
        command.Properties.Add(new Property { Name = "Effort", Value = new BaseValue { IntegerValue = effort } });
        return Mutation(transaction, new MutationCommand { WithPropertyValue = command });
    }

    public static MapRequest Undo(TransactionId transaction) => Mutation(transaction, new MutationCommand { Undo = new() });

    public static MapRequest Redo(TransactionId transaction) => Mutation(transaction, new MutationCommand { Redo = new() });

    public static MapRequest Commit(TransactionId transaction) => Mutation(transaction, new MutationCommand { Commit = new() });

    public static MapRequest Rollback(TransactionId transaction) => Mutation(transaction, new MutationCommand { Rollback = new() });

    public static MapRequest Stage(TransactionId transaction, HolonContent content) => Mutation(
        transaction, new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } });

    public static MapRequest Dance(TransactionId transaction, HolonReference holon, string dance) => Mutation(
        transaction, new MutationCommand { ExecuteDance = new ExecuteDanceCommand { Holon = holon, Dance = dance } });

    public static MapRequest Load(TransactionId transaction, ByteString content)
    {
        var command = new LoadHolonsCommand();
        command.ContentIds.Add(content);
        return Mutation(transaction, new MutationCommand { LoadHolons = command });
    }
}
